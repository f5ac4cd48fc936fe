import { TesseraError } from '../../core/errors.ts';
import { EXPORT_FILES, exportFile, tabledRun } from '../../core/pipeline/export-run.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import type { TabledRun } from '../../core/pipeline/run-tables.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { exportModel, exportedModelText, monitorTarget } from './export-model.ts';
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
  'as-model': { type: 'string', takes: 'a model file to write' },
  'with-contributions': { type: 'boolean' },
  json: { type: 'boolean' },
};

/**
 * `export PROJECT --out FOLDER`: tables and arrays of a finished run, the newest unless one is named; `--as-model FILE`: its
 * model with the concepts as further outputs.
 */
export async function exportCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { folder, out, asModel, device: choice } = readQuestion(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  await tellInputs(project, runId);
  await completeRuns(environment, project, [runId], { hasOwn: true, signal });
  const run = await loadRun(project, runId);
  const scope = await runModel(environment, project, run, choice);
  const work = { onProgress: progressPrinter(process.stderr), signal };
  // Before everything is measured: a place that cannot be is to be known now.
  if (out !== undefined) await storage.makeDirectory(out);
  const target =
    asModel === undefined ? undefined : await monitorTarget(environment, asModel, scope.intake.path);
  let measured: Promise<TabledRun> | undefined;
  const measure = (): Promise<TabledRun> => (measured ??= tabledRun(scope, project, run, work));
  const monitor =
    target &&
    (await exportModel(scope, run, measure, target, {
      withContributions: args.flag('with-contributions'),
      signal,
    }));
  const tabled = await measure();
  const files = out === undefined ? [] : EXPORT_FILES.map((name) => storage.join(out, name));
  for (const [at, file] of files.entries())
    await storage.writeAtomic(file, exportFile(tabled, EXPORT_FILES[at]));
  const { places, skipped } = tabled.measured;
  const facts = {
    project: folder,
    run: runId,
    class: tabled.shown.explanation.className,
    images: places.length,
    files: [...files, ...(target ? Object.values(target.files) : [])],
    skipped,
    ...(monitor && { monitor: { outputs: monitor.outputs, agreement: monitor.agreement } }),
  };
  if (args.flag('json')) console.log(JSON.stringify(facts, null, 2));
  else {
    const told = [
      ...(out === undefined ? [] : [exportText({ ...facts, files })]),
      ...(monitor && target ? [exportedModelText(monitor, target)] : []),
    ];
    console.log(shownName(told.join('\n\n')));
  }
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
  const [out, asModel] = [args.text('out'), args.text('as-model')];
  if (folder === undefined || more.length > 0 || (out === undefined && asModel === undefined))
    throw new TesseraError(
      'bad-usage',
      'export takes one project folder, and a folder to write to by --out, or a model file by --as-model.',
      {
        hint: 'tessera export model.tessera --out tables',
      },
    );
  return { folder, out, asModel, device: readOption(args, 'device') ?? 'auto' };
}
