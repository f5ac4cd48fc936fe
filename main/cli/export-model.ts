import { TesseraError } from '../../core/errors.ts';
import type { Environment } from '../../core/pipeline/environment.ts';
import { makeMonitor } from '../../core/pipeline/editing/make-monitor.ts';
import type { MonitorFacts } from '../../core/pipeline/editing/monitor-facts.ts';
import { monitorFile, MONITOR_FILES, type MonitorFile } from '../../core/pipeline/editing/monitor-files.ts';
import { isSameFile } from '../../core/pipeline/editing/write-edited.ts';
import type { ScoredScope } from '../../core/pipeline/run-context.ts';
import type { TabledRun } from '../../core/pipeline/run-tables.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { countOf } from '../../core/wording/count-text.ts';

/** Where the files of a monitor go. */
export interface MonitorTarget {
  readonly files: Readonly<Record<MonitorFile, string>>;
}

/**
 * The files beside `out`, which has to be called .onnx and must not be the model itself. Throws TesseraError 'bad-usage'.
 */
export async function monitorTarget(
  { storage }: Pick<Environment, 'storage'>,
  out: string,
  modelPath: string,
): Promise<MonitorTarget> {
  if (!/\.onnx$/i.test(out))
    throw new TesseraError('bad-usage', `--as-model takes the name of a model file to write, got "${out}".`, {
      hint: 'tessera export model.tessera --as-model monitor.onnx',
    });
  if (await isSameFile(storage, out, modelPath))
    throw new TesseraError(
      'bad-usage',
      `${out} is the model that the run explains; it is never written over.`,
      {
        hint: 'Give the monitor another name.',
      },
    );
  const stem = out.slice(0, -'.onnx'.length);
  return { files: { 'monitor.onnx': out, 'monitor.json': `${stem}.json`, 'monitor.md': `${stem}.md` } };
}

/** Makes the monitor of a run and writes its files, all or none: the page and the facts are of this model alone. */
export async function exportModel(
  scope: ScoredScope,
  run: RunFile,
  measure: () => Promise<TabledRun>,
  { files }: MonitorTarget,
  options: { readonly withContributions: boolean; readonly signal: AbortSignal },
): Promise<MonitorFacts> {
  const { storage } = scope.environment;
  const monitor = await makeMonitor(scope, run, measure, options);
  const names = {
    model: storage.basename(files['monitor.onnx']),
    facts: storage.basename(files['monitor.json']),
  };
  await storage.writeTogether(
    new Map(MONITOR_FILES.map((file) => [files[file], monitorFile(monitor, file, names)])),
  );
  return monitor.facts;
}

/** What a person hears of it. */
export function exportedModelText(facts: MonitorFacts, { files }: MonitorTarget): string {
  const { agreement, outputs, concepts } = facts;
  const share = `${Number((100 * agreement.amounts).toPrecision(2))} %`;
  const added = [outputs.amounts, outputs.contributions, outputs.rest].filter((name) => name !== null);
  return [
    `The model with ${countOf(concepts.length, 'concept')} written to:`,
    ...Object.values(files).map((file) => `  ${file}`),
    '',
    `New outputs: ${added.join(', ')}. The model's own stay: ${outputs.model.join(', ')}.`,
    agreement.status === 'reached'
      ? `Checked on ${countOf(agreement.images, 'image')}: amounts differ from the run's by at most ${share}.`
      : `Checked on ${countOf(agreement.images, 'image')}: amounts differ from the run's by up to ${share}, more than the ${100 * agreement.tolerance} % that is meant to hold.`,
    ...(outputs.withoutContributions === null
      ? []
      : [
          `Contributions are left out: ${outputs.withoutContributions}. --with-contributions puts them in where that is possible.`,
        ]),
  ].join('\n');
}
