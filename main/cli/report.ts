import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { writeReport } from '../../core/pipeline/write-report.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments } from './arguments.ts';
import { completeRuns } from './complete-runs.ts';
import { newestFinishedRun } from './newest-run.ts';
import { progressPrinter } from './progress.ts';
import { tellInputs } from './tell-inputs.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { pageArgument } from './page-argument.ts';

/** `report PROJECT`: writes the report of a run, the newest unless one is named. */
export async function report(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, { run: { type: 'string' }, out: { type: 'string' } });
  const [folder, ...more] = args.positionals;
  if (folder === undefined || more.length > 0) {
    throw new TesseraError('bad-usage', `report takes one project folder, got ${args.positionals.length}.`, {
      hint: 'Give the folder that tessera explain wrote; its name ends in .tessera.',
    });
  }
  const environment = createNodeEnvironment();
  const project = await openProject(environment.storage, folder);
  const run = args.text('run') ?? (await newestFinishedRun(project));
  await tellInputs(project, run);
  await completeRuns(environment, project, [run], { hasOwn: true, signal });
  const file = pageArgument(args, 'out') ?? path.join(folder, 'report.html');
  console.log(shownName(await writeReport(environment, project, run, file, progressPrinter(process.stderr))));
}
