import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_OPTIONS } from '../../core/concepts/run-options.ts';
import type { OrderName, StoredCurves } from '../../core/metrics/evaluation.ts';
import type { ExplainOutcome } from '../../core/pipeline/explain.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import { explainOptions } from '../core/pipeline/explain-options.ts';
import type { Bench } from './run.ts';
import { missingData, realSetting } from './shared-models.ts';

/*
 * Is the order by Sobol index the most faithful one, as the paper says? Deletion (small is good) and insertion (large is
 * good) areas of four orders of the same concepts, on real models and photos, at the proposed cut and at an earlier one,
 * behind which the head is not affine. PHOTOS, LAYERS, MODELS and FOLDERS (comma-separated) restrict it.
 */

const listed = (name: string, all: readonly string[]): readonly string[] => {
  const words = (process.env[name] ?? '').split(',').filter((word) => word !== '');
  return words.length > 0 ? words : all;
};
const MODELS = listed('MODELS', ['squeezenet1_1', 'mobilenet_v2']);
const FOLDERS = listed('FOLDERS', ['airliner', 'english_springer', 'golf_ball', 'parachute', 'tench']);
/** Photos of each folder. */
const PHOTOS = Number(process.env['PHOTOS'] ?? 48);
const LAYERS = listed('LAYERS', ['proposed', 'earlier']);
/** Share of the compute before the earlier cut, at most. */
const EARLIER = 0.9;

const bench: Bench = {
  name: 'faithfulness: deletion (small) and insertion (large) areas of four orders of concepts',
  async run() {
    if (missingData !== undefined) return [missingData];
    const rows: string[] = [];
    for (const layer of LAYERS)
      for (const model of MODELS)
        for (const folder of FOLDERS) {
          const outcome = await explained(model, folder, layer);
          rows.push(...describe(`${model} ${layer} ${folder}`, outcome));
          console.error(rows.slice(-3).join('\n'));
        }
    return rows;
  },
};
export default bench;

async function explained(model: string, folder: string, where: string): Promise<ExplainOutcome> {
  const { environment, device, intake, photos } = await realSetting(model, folder);
  const place = await mkdtemp(path.join(tmpdir(), 'tessera-faithfulness-'));
  const scope = { environment, device, intake, onProgress: () => undefined, signal: undefined };
  const earlier = intake.cutPoints.findLast(
    ({ kind, computeShare }) => kind === 'spatial' && computeShare <= EARLIER,
  );
  const options = {
    ...DEFAULT_OPTIONS,
    model: intake.path,
    images: photos.slice(0, PHOTOS),
    class: folder,
    select: 'all' as const,
    device: 'cpu' as const,
    maps: ['upsampled-coefficients' as const],
    ...(where === 'earlier' && earlier && { layer: earlier.tensor }),
  };
  try {
    const project = await openOrCreateProject(environment, place, intake, options.images);
    return await explainOptions({ ...scope, project }, options);
  } finally {
    await rm(place, { recursive: true });
  }
}

function describe(name: string, { run, evaluation }: ExplainOutcome): string[] {
  const { explanation, stages } = run;
  const seconds = (stage: string): number => (stages[stage]?.elapsedMs ?? 0) / 1000;
  const total = Object.keys(stages).reduce((sum, stage) => sum + seconds(stage), 0);
  const { deletion, insertion, muFidelity } = evaluation!;
  return [
    `${name} (${explanation!.layer.tensor}, ${explanation!.importance.method}): µFidelity ${muFidelity.mean?.toFixed(2)}, evaluation ${seconds('evaluation').toFixed(1)} of ${total.toFixed(1)} s`,
    `    deletion  ${areas(deletion)}`,
    `    insertion ${areas(insertion)}`,
  ];
}

const ORDERS: readonly OrderName[] = ['sobol', 'gradient', 'size'];

function areas({ orders, random }: StoredCurves): string {
  const text = (auc: number | undefined, interval: readonly [number, number] | undefined): string =>
    `${auc?.toFixed(3)} (${interval?.map((end) => end.toFixed(3)).join(' … ')})`;
  const named = ORDERS.map((name) => `${name} ${text(orders[name]?.auc, orders[name]?.interval)}`);
  return [...named, `random ${text(random.auc, random.interval)}`].join('  ');
}
