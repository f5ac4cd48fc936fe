import { TesseraError } from '../../core/errors.ts';
import { EXPORT_FILES, exportFile, tabledRun } from '../../core/pipeline/export-run.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { completeRuns } from './complete-runs.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';
import { tellInputs } from './tell-inputs.ts';

const TABLE: OptionTable = {
  ...optionTable(['device']),
  run: { type: 'string' },
  out: { type: 'string', takes: 'a folder to write to' },
  json: { type: 'boolean' },
};

/** `export PROJECT --out FOLDER`: tables and arrays of a finished run, the newest unless one is named. */
export async function exportCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { folder, out, device: choice } = readQuestion(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  await tellInputs(project, runId);
  await completeRuns(environment, project, [runId], { hasOwn: true, signal });
  const run = await loadRun(project, runId);
  const scope = await runModel(environment, project, run, choice);
  const work = { onProgress: progressPrinter(process.stderr), signal };
  // Before everything is measured: a folder that cannot be is to be known now.
  await storage.makeDirectory(out);
  const tabled = await tabledRun(scope, project, run, work);
  const files = EXPORT_FILES.map((name) => storage.join(out, name));
  for (const [at, name] of EXPORT_FILES.entries())
    await storage.writeAtomic(files[at], exportFile(tabled, name));
  const { places, skipped } = tabled.measured;
  const facts = {
    project: folder,
    run: runId,
    class: tabled.shown.explanation.className,
    images: places.length,
    files,
    skipped,
  };
  if (args.flag('json')) console.log(JSON.stringify(facts, null, 2));
  else console.log(shownName(exportText(facts)));
}

function exportText({
  images,
  files,
  skipped,
}: {
  readonly images: number;
  readonly files: readonly string[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}): string {
  return [
    `${countOf(images, 'image')} written to:`,
    ...files.map((file) => `  ${file}`),
    ...(skipped.length > 0
      ? [
          '',
          `${countOf(skipped.length, 'image')} left out:`,
          ...skipped.map((one) => `  ${one.file}: ${one.reason}`),
        ]
      : []),
  ].join('\n');
}

function readQuestion(args: ParsedArguments) {
  const [folder, ...more] = args.positionals;
  const out = args.text('out');
  if (folder === undefined || more.length > 0 || out === undefined)
    throw new TesseraError(
      'bad-usage',
      'export takes one project folder, and a folder to write to by --out.',
      {
        hint: 'tessera export model.tessera --out tables',
      },
    );
  return { folder, out, device: readOption(args, 'device') ?? 'auto' };
}
