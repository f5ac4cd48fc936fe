import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { writeReport } from '../../core/pipeline/write-report.ts';
import { showOwnConcept } from '../../core/project/own-concepts-file.ts';
import { loadRun, openProject, type Project } from '../../core/project/project-folder.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { writeToProject } from '../../core/project/write-lock.ts';
import { UNFINISHED_HINT, unfinishedText } from '../../core/wording/unfinished-words.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable } from './arguments.ts';
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
  ...optionTable(['device']),
  remove: { type: 'string' },
  run: { type: 'string' },
  json: { type: 'boolean' },
};

/** `concept PROJECT`: own concepts of a finished run: makes them of folders of examples, takes one away, or lists them. */
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
  if (removed !== undefined && folders.length > 0)
    throw new TesseraError('bad-usage', 'concept makes concepts or takes one away, not both at once.');
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  await requireFolders(project, folders);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  const run = await finishedRun(project, runId);
  await tellInputs(project, runId);
  const onProgress = progressPrinter(process.stderr);
  if (folders.length > 0 || removed !== undefined) {
    await writeToProject(project, environment.self, async () => {
      if (removed !== undefined) {
        const id = await idNamed(project, run, removed);
        await showOwnConcept(project, environment.self, runId, id, false);
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

async function finishedRun(project: Project, runId: string): Promise<RunFile> {
  const run = await loadRun(project, runId);
  if (run.explanation !== undefined) return run;
  throw new TesseraError('bad-project', unfinishedText(runId, 'compare with'), { hint: UNFINISHED_HINT });
}

async function idNamed(project: Project, run: RunFile, name: string): Promise<string> {
  const own = await ownConceptsOf(project, run);
  const found = own.find((one) => one.id === name || one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.id;
  const known = own.map((one) => `"${one.name}"`).join(', ');
  throw new TesseraError('unknown-name', `${run.id} has no own concept "${name}".`, {
    hint: known === '' ? 'It has none at all.' : `It has ${known}.`,
  });
}
