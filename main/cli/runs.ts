import { TesseraError } from '../../core/errors.ts';
import { openProject, type Project } from '../../core/project/project-folder.ts';
import { carryOutDeletions, deleteRun, listRuns, renameRun } from '../../core/project/run-list.ts';
import { countText } from '../../core/wording/count-text.ts';
import { durationText } from '../../core/wording/duration-text.ts';
import { runLabel } from '../../core/wording/run-label.ts';
import type { RunSummary } from '../api/contract.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { runSummaryOf } from '../compute/jobs/run-list-jobs.ts';
import { parseArguments, type ParsedArguments } from './arguments.ts';
import { table } from './text-table.ts';

/** `runs PROJECT`: lists the runs of a project, after one was renamed or deleted where that is asked for. */
export async function runsCommand(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, {
    delete: { type: 'string' },
    rename: { type: 'string' },
    json: { type: 'boolean' },
  });
  const folder = folderOf(args);
  const { storage, self } = createNodeEnvironment();
  const before = await openProject(storage, folder);
  const renamed = readRename(args.text('rename'));
  if (renamed !== undefined) await renameRun(before, self, renamed.id, renamed.name);
  const deleted = args.text('delete');
  if (deleted !== undefined) await carryOutDeletions(await deleteRun(before, self, deleted), self, deleted);
  const runs = await summaries(await openProject(storage, folder));
  if (args.flag('json')) {
    const listed = runs.map(runJson);
    console.log(
      JSON.stringify({ project: folder, ...(deleted !== undefined && { deleted }), runs: listed }, null, 2),
    );
    return;
  }
  if (deleted !== undefined) console.log(`Deleted ${deleted}.\n`);
  console.log(listText(runs).join('\n'));
}

function folderOf({ positionals }: ParsedArguments): string {
  const [folder, ...more] = positionals;
  if (folder !== undefined && more.length === 0) return folder;
  throw new TesseraError('bad-usage', `runs takes one project folder, got ${positionals.length}.`, {
    hint: 'Give the folder that tessera explain wrote; its name ends in .tessera.',
  });
}

function readRename(text: string | undefined): { readonly id: string; readonly name: string } | undefined {
  if (text === undefined) return undefined;
  const at = text.indexOf('=');
  if (at > 0) return { id: text.slice(0, at), name: text.slice(at + 1) };
  throw new TesseraError('bad-usage', `--rename takes RUN=NAME, got "${text}".`, {
    hint: 'For example: --rename "run2=without the stamp". An empty name takes the name back.',
  });
}

/** The runs as the window lists them. */
async function summaries(project: Project): Promise<readonly RunSummary[]> {
  return (await listRuns(project)).map((run) => runSummaryOf('', run));
}

/** A run without what only a window makes use of. */
function runJson({ runId, ...facts }: RunSummary) {
  const { status, problem, name, created, seconds, className, classIndex, layer, concepts, images, verdict } =
    facts;
  const found = { className, classIndex, layer, concepts, images, verdict };
  return { run: runId, status, problem, name, created, seconds, ...found };
}

function listText(runs: readonly RunSummary[]): readonly string[] {
  if (runs.length === 0) return ['This project has no runs.'];
  const rows = runs.map((run) => [
    run.runId,
    run.name === null ? '' : runLabel(run.runId, run.name),
    run.className ?? '',
    run.layer ?? '',
    run.concepts === null ? '' : countText(run.concepts),
    run.images === null ? '' : countText(run.images),
    run.created?.slice(0, 16).replace('T', ' ') ?? '',
    run.status === 'finished' && run.seconds !== null ? durationText(1000 * run.seconds) : '',
    run.verdict ?? run.status,
  ]);
  const head = ['run', 'name', 'class', 'layer', 'concepts', 'images', 'begun (UTC)', 'time', 'verdict'];
  const problems = runs.flatMap(({ runId, problem }) => (problem === null ? [] : [`${runId}: ${problem}`]));
  return [...table([head, ...rows]), ...(problems.length > 0 ? ['', ...problems] : [])];
}
