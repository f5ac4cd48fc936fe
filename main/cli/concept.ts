import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import type { FinishedRun } from '../../core/pipeline/bank-merges.ts';
import { writeReport } from '../../core/pipeline/write-report.ts';
import { loadOwnConcepts, pendingOwnConcepts, showOwnConcept } from '../../core/project/own-concepts-file.ts';
import { loadRun, openProject, type Project } from '../../core/project/project-folder.ts';
import { loadNotes } from '../../core/project/run-notes.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { writeToProject } from '../../core/project/write-lock.ts';
import { UNFINISHED_HINT, unfinishedText } from '../../core/wording/unfinished-words.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable } from './arguments.ts';
import { completeRuns } from './complete-runs.ts';
import { EDIT_OPTIONS, makeEdits, readEdits } from './concept-edits.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import {
  makeOwnConcepts,
  OWN_OPTIONS,
  ownConceptJson,
  ownConceptsOf,
  ownConceptsText,
  readConceptFolders,
  requireFolders,
} from './own-concepts.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';
import { tellInputs } from './tell-inputs.ts';

const TABLE: OptionTable = {
  ...OWN_OPTIONS,
  ...EDIT_OPTIONS,
  ...optionTable(['device']),
  remove: { type: 'string' },
  run: { type: 'string' },
  json: { type: 'boolean' },
};

/**
 * `concept PROJECT`: own concepts of a finished run: makes them of folders of examples, takes one away, or lists them; names,
 * notes and hides them and those that were found.
 */
export async function conceptCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const [folder, ...more] = args.positionals;
  if (folder === undefined || more.length > 0) {
    throw new TesseraError('bad-usage', `concept takes one project folder, got ${args.positionals.length}.`, {
      hint: 'For example: tessera concept demo.tessera --concept-folder "stripes=photos/stripes".',
    });
  }
  const folders = readConceptFolders(args);
  const removed = args.text('remove');
  const edits = readEdits(args);
  if ([removed !== undefined, folders.length > 0, edits.length > 0].filter(Boolean).length > 1)
    throw new TesseraError(
      'bad-usage',
      'concept makes concepts, takes one away, or names, notes and hides them: one of these at once.',
    );
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  await requireFolders(project, folders);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  const run = await finishedRun(project, runId);
  await tellInputs(project, runId);
  const onProgress = progressPrinter(process.stderr);
  // Whoever asks for them wants to know what they are in this run.
  if (removed === undefined) await completeRuns(environment, project, [runId], { hasOwn: true, signal });
  if (folders.length > 0 || removed !== undefined || edits.length > 0) {
    await writeToProject(project, environment.self, async () => {
      if (removed !== undefined) {
        const id = await idNamed(project, run, removed);
        await showOwnConcept(project, environment.self, runId, id, false);
      } else if (edits.length > 0) {
        await makeEdits(project, run, edits, signal);
      } else {
        const scope = await runModel(environment, project, run, readOption(args, 'device'));
        await makeOwnConcepts({ ...scope, project, onProgress, signal }, run, folders);
      }
      const report = await writeReport(
        environment,
        project,
        runId,
        await reportFile(project, run),
        onProgress,
      );
      if (!args.flag('json')) console.log(shownName(`Report   ${path.resolve(report)}\n`));
    });
  }
  const own = await ownConceptsOf(project, run);
  if (args.flag('json')) {
    const facts = { project: path.resolve(folder), run: runId, ownConcepts: own.map(ownConceptJson) };
    console.log(JSON.stringify(facts, null, 2));
  } else
    console.log(
      own.length === 0 ? `${runId} has no own concepts.` : shownName(ownConceptsText(own).join('\n')),
    );
}

/** Where the run's report is: of one of several classes by its number. */
async function reportFile({ storage, folder }: Project, { explanation }: RunFile): Promise<string> {
  const own = path.join(folder, `report-${explanation?.classIndex}.html`);
  return (await storage.exists(own)) ? own : path.join(folder, 'report.html');
}

async function finishedRun(project: Project, runId: string): Promise<FinishedRun> {
  const run = await loadRun(project, runId);
  if (run.explanation !== undefined) return { ...run, explanation: run.explanation };
  throw new TesseraError('bad-project', unfinishedText(runId, 'compare with'), { hint: UNFINISHED_HINT });
}

async function idNamed(project: Project, run: RunFile, name: string): Promise<string> {
  const { names } = await loadNotes(project, run.id);
  const own = [...(await loadOwnConcepts(project, run)), ...(await pendingOwnConcepts(project, run))].map(
    ({ concept: { id, name: given } }) => ({ id, name: names[id] ?? given }),
  );
  const found = own.find((one) => one.id === name || one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.id;
  const known = own.map((one) => `"${one.name}"`).join(', ');
  throw new TesseraError('unknown-name', `${run.id} has no own concept "${name}".`, {
    hint: known === '' ? 'It has none at all.' : `It has ${known}.`,
  });
}
