import { TesseraError } from '../../core/errors.ts';
import { findClass } from '../../core/images/find-class.ts';
import { modelOverview } from '../../core/pipeline/model-overview.ts';
import { writeOverview } from '../../core/pipeline/write-overview.ts';
import type { Environment } from '../../core/pipeline/environment.ts';
import { openProject, type Project } from '../../core/project/project-folder.ts';
import type { ModelOverview } from '../../core/report/overview/overview-data.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createJobs } from '../compute/jobs/all-jobs.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { completeRuns } from './complete-runs.ts';
import { modelJson, modelText, pairJson, pairText } from './model-output.ts';
import { progressPrinter } from './progress.ts';
import { pageArgument } from './page-argument.ts';

const TABLE: OptionTable = {
  bank: { type: 'string' },
  class: { type: 'string' },
  against: { type: 'string' },
  report: { type: 'string', takes: 'a file to write' },
  json: { type: 'boolean' },
};

/**
 * `overview PROJECT`: a whole model by the runs that explain its classes with one bank; with `--class B --against A` why
 * images of A are called B.
 */
export async function overviewCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const [folder, ...more] = args.positionals;
  if (folder === undefined || more.length > 0) {
    throw new TesseraError(
      'bad-usage',
      `overview takes one project folder, got ${args.positionals.length}.`,
      {
        hint: 'Give the folder that tessera explain --class all wrote; its name ends in .tessera.',
      },
    );
  }
  const environment = createNodeEnvironment();
  const project = await openProject(environment.storage, folder);
  const found = await modelOverview(project, args.text('bank'));
  if (found === undefined) throw noOverview(folder);
  const overview = await completed(environment, project, found, signal);
  const pair = pairOf(args, overview);
  const onProgress = progressPrinter(process.stderr);
  if (pair !== undefined) {
    const question = { folder, key: '', bank: overview.bank.id, ...pair };
    const found = await createJobs({}).explainPair(question, { signal, onProgress, onNews: () => undefined });
    return tell(args, pairJson(found), pairText(found));
  }
  const file = pageArgument(args, 'report');
  const report =
    file === undefined ? undefined : await writeOverview(environment, project, overview, file, onProgress);
  const text = [modelText(overview), ...(report === undefined ? [] : ['', `Report  ${report}`])].join('\n');
  tell(args, { ...modelJson(overview), ...(report !== undefined && { report }) }, text);
}

/** The same once what is merged is computed for all its classes. */
async function completed(
  environment: Environment,
  project: Project,
  found: ModelOverview,
  signal: AbortSignal,
): Promise<ModelOverview> {
  if (found.apart.length === 0) return found;
  await completeRuns(
    environment,
    project,
    found.classes.map(({ runId }) => runId),
    { hasOwn: false, signal },
  );
  return (await modelOverview(project, found.bank.id)) ?? found;
}

function tell(args: ParsedArguments, facts: unknown, text: string): void {
  console.log(args.flag('json') ? JSON.stringify(facts, null, 2) : shownName(text));
}

function pairOf(args: ParsedArguments, { names }: ModelOverview) {
  const [said, against] = [args.text('class'), args.text('against')];
  if (said === undefined && against === undefined) return undefined;
  if (said === undefined || against === undefined) {
    throw new TesseraError('bad-usage', 'Why one class rather than another takes both.', {
      hint: '--class barn --against house asks why images of house are called barn.',
    });
  }
  const [predicted, truth] = [findClass(names, said), findClass(names, against)];
  if (predicted === truth)
    throw new TesseraError('bad-usage', `--class and --against are both "${names[truth]}".`, {
      hint: 'Give two classes.',
    });
  if (pageArgument(args, 'report') !== undefined)
    throw new TesseraError('bad-usage', '--report writes the whole model, not a pair of classes.', {
      hint: 'Leave --class and --against out, or --report.',
    });
  return { truth, predicted };
}

function noOverview(folder: string): TesseraError {
  return new TesseraError(
    'bad-project',
    `${folder} has no finished run whose concepts other classes have too.`,
    { hint: 'Explain all classes first: tessera explain --class all.' },
  );
}
