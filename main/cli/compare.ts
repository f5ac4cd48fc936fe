import { TesseraError } from '../../core/errors.ts';
import { compareRuns } from '../../core/comparison/compare-runs.ts';
import { loadComparedRun, sideOf } from '../../core/pipeline/compared-run.ts';
import { writeComparison } from '../../core/pipeline/write-comparison.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type ParsedArguments } from './arguments.ts';
import { comparisonJson, comparisonText } from './comparison-output.ts';
import { completeRuns } from './complete-runs.ts';
import { namedRun } from './run-argument.ts';
import { pageArgument } from './page-argument.ts';

/** `compare A B`: what two finished runs have in common, what only one has, and which decisions changed. */
export async function compareCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, {
    report: { type: 'string', takes: 'a file to write' },
    json: { type: 'boolean' },
  });
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const named = await Promise.all(runsOf(args).map((text) => namedRun(storage, text)));
  for (const { project, runId } of named)
    await completeRuns(environment, project, [runId], { hasOwn: false, signal });
  const [a, b] = await Promise.all(named.map(({ project, runId }) => loadComparedRun(project, runId)));
  const comparison = compareRuns(a.compared, b.compared);
  const file = pageArgument(args, 'report');
  const report =
    file === undefined ? undefined : await writeComparison(environment, { a, b }, comparison, file);
  const sides = { a: sideOf(a), b: sideOf(b), comparison };
  if (args.flag('json'))
    console.log(JSON.stringify({ ...comparisonJson(sides), ...(report && { report }) }, null, 2));
  else
    console.log(shownName([comparisonText(sides), ...(report ? ['', `Report  ${report}`] : [])].join('\n')));
}

function runsOf({ positionals }: ParsedArguments): readonly string[] {
  if (positionals.length === 2) return positionals;
  throw new TesseraError('bad-usage', `compare takes two runs, got ${positionals.length}.`, {
    hint: 'Give two project folders, each with a run of it after a colon where it is not the newest: old.tessera:run1 new.tessera.',
  });
}
