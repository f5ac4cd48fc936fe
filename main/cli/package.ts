import { TesseraError } from '../../core/errors.ts';
import { openEdit } from '../../core/pipeline/editing/open-edit.ts';
import { writePackage, type WrittenPackage } from '../../core/pipeline/editing/write-package.ts';
import { verdictOf } from '../../core/editing/edit-proof.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { PROOF_SETS } from '../../core/wording/edit-words.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { completeRuns } from './complete-runs.ts';
import { EDIT_OPTIONS, readEditQuestion } from './edit-arguments.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';
import { tellInputs } from './tell-inputs.ts';

const TABLE: OptionTable = {
  ...optionTable(['images']),
  run: { type: 'string' },
  ...EDIT_OPTIONS,
  out: { type: 'string', takes: 'a folder to write to' },
  zip: { type: 'boolean' },
  json: { type: 'boolean' },
};

/** `package PROJECT --out FOLDER`: what is handed over of an audit, in one folder; with --remove or --scale the edited model, too. */
export async function packageCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { folder, out } = readPlaces(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  await tellInputs(project, runId);
  await completeRuns(environment, project, [runId], { hasOwn: true, signal });
  const run = await loadRun(project, runId);
  const opened = await openEdit(environment, project, run);
  const work = { signal, onProgress: progressPrinter(process.stderr) };
  const target = storage.resolve(out);
  const edit = hasEdit(args) ? await readEditQuestion(args, opened, work) : undefined;
  const written = await writePackage(
    opened.scope,
    {
      folder: target,
      scored: await runModel(environment, project, run, 'cpu'),
      ...(edit && { edit: { scope: opened.scope, question: edit } }),
      ...(args.flag('zip') && { zip: { path: `${target}.zip`, name: storage.basename(target) } }),
    },
    work,
  );
  console.log(args.flag('json') ? JSON.stringify(written, null, 2) : shownName(packageText(written)));
}

function hasEdit(args: ParsedArguments): boolean {
  if (args.texts('remove').length > 0 || args.texts('scale').length > 0) return true;
  const single = (['how', 'above', 'class'] as const).find((name) => args.text(name) !== undefined);
  const lone = single ?? (args.texts('by').length > 0 ? 'by' : undefined);
  if (lone === undefined && readOption(args, 'images') === undefined) return false;
  throw new TesseraError(
    'bad-usage',
    `--${lone ?? 'images'} is about an edited model, and nothing was said that the edit changes.`,
    { hint: 'Name concepts by --remove or --scale, or leave it away.' },
  );
}

function readPlaces(args: ParsedArguments) {
  const [folder, ...more] = args.positionals;
  const out = args.text('out');
  if (folder === undefined || more.length > 0 || out === undefined) {
    throw new TesseraError(
      'bad-usage',
      'package takes one project folder, and a folder to write to by --out.',
      { hint: 'tessera package model.tessera --remove "Concept 1" --out audit --zip' },
    );
  }
  return { folder, out };
}

function packageText({ folder, files, zip, withoutMonitor, edited }: WrittenPackage): string {
  const verdicts = (edited?.sets ?? []).flatMap((set) => {
    const verdict = verdictOf(set);
    return verdict === null ? [] : [`The edited model on ${PROOF_SETS[set.kind].toLowerCase()}: ${verdict}.`];
  });
  return [
    `Audit package written to ${folder}:`,
    ...files.map((file) => `  ${file}`),
    ...(zip === undefined ? [] : [`and packed: ${zip}`]),
    ...(verdicts.length > 0 ? ['', ...verdicts] : []),
    ...(withoutMonitor === undefined ? [] : ['', `Without a monitor: ${withoutMonitor}`]),
  ].join('\n');
}
