import { imageImportance } from '../../concepts/importance.ts';
import { positionsOf, toRows } from '../../concepts/latent-rows.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { nnls } from '../../factorization/nnls.ts';
import { chooseFrom, disjointSamples, rankEvidence } from '../../factorization/rank.ts';
import { takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { RankCurve, RankPoint } from '../../metrics/evaluation.ts';
import { TRUST_THRESHOLDS } from '../../metrics/trust.ts';
import { openChunks } from '../../project/stage-store.ts';
import { fromJsonTensor, jsonTensor } from '../json-tensor.ts';
import { runnerFor, splitAt } from '../model-parts.ts';
import { readBatch, requireAll } from '../pictures.ts';
import type { ClassScope } from '../run-context.ts';
import type { ActivationRows } from '../stages/rows.ts';

/** Numbers of concepts that are tried. */
const CANDIDATES = [2, 3, 4, 6, 8, 10, 12, 15, 20, 25];

/** Rows of each of the two samples, images whose importance is measured, and masks of a design. */
const SAMPLE_ROWS = 1024;
const IMAGES = 8;
const SAMPLES = 32;

/** A point as JSON carries it. */
type StoredPoint = Pick<RankPoint, keyof RankPoint>;

/**
 * What each number of concepts would achieve on the rows: R² and stability on held-out rows, and how much of the
 * importance lies with concepts that are found again. Every number is stored as it is done; the same call after an
 * interruption continues. Progress: one unit a number, stage 'rank'.
 */
export async function rankCurve(
  context: ClassScope,
  { activations }: ActivationRows,
  fingerprint: string,
): Promise<RankCurve> {
  const { project, options, device, signal, onProgress } = context;
  const halves = disjointSamples(activations, { seed: options.seed, sampleRows: SAMPLE_ROWS });
  const tried = candidatesFor(activations);
  const chunks = await openChunks(project, 'rank', fingerprint);
  const points: RankPoint[] = [];
  let latent: Matrix[] | undefined;
  for (const [done, r] of tried.entries()) {
    onProgress({ stage: 'rank', done, total: tried.length });
    const stored = await chunks.get(r, async () => {
      signal?.throwIfAborted();
      const { conceptBank, similarities, ...evidence } = await rankEvidence(r, halves, {
        gemm: device.gemm,
        seed: options.seed,
        ...(signal && { signal }),
      });
      latent ??= await latentRows(context);
      const importance = await meanImportance(context, conceptBank, latent);
      const importanceMass = massOf(importance, similarities);
      const point: RankPoint = { ...evidence, ...(importanceMass !== undefined && { importanceMass }) };
      return new Map([['point', jsonTensor({ ...point })]]);
    });
    points.push(fromJsonTensor<StoredPoint>(stored.get('point')));
  }
  onProgress({ stage: 'rank', done: tried.length, total: tried.length });
  return { points, suggested: chooseFrom(points) };
}

/** {@link rankCurve} where it was computed to its end before, else undefined. */
export async function storedRankCurve(
  context: ClassScope,
  rows: ActivationRows,
  fingerprint: string,
): Promise<RankCurve | undefined> {
  const chunks = await openChunks(context.project, 'rank', fingerprint);
  for (const r of candidatesFor(rows.activations)) if (!(await chunks.has(r))) return undefined;
  return rankCurve({ ...context, onProgress: () => undefined }, rows, fingerprint);
}

function candidatesFor({ rows, cols }: Matrix): number[] {
  const most = Math.min(SAMPLE_ROWS, Math.floor(rows / 2), cols);
  const fitting = CANDIDATES.filter((r) => r <= most);
  return fitting.length > 0 ? fitting : [1];
}

/** Activation rows [positions, p] of a few images, evenly spread. */
async function latentRows(context: ClassScope): Promise<Matrix[]> {
  const { images, intake, layer, environment } = context;
  const count = Math.min(IMAGES, images.length);
  const files = Array.from({ length: count }, (_, i) => images[Math.floor((i * images.length) / count)]);
  const runner = runnerFor(context, splitAt(intake, layer).latent);
  try {
    const batch = await readBatch(environment.codec, files, intake.preprocessing.preprocessing);
    const rows = toRows(await runner.run(requireAll(batch)), layer);
    const positions = positionsOf(layer);
    return files.map((_, i) =>
      takeRows(
        rows,
        Array.from({ length: positions }, (__, position) => i * positions + position),
      ),
    );
  } finally {
    await runner.dispose();
  }
}

/** Total index of each concept, mean over the images; an image whose logit is not finite does not count. */
async function meanImportance(
  { intake, layer, classIndex, device, environment, options }: ClassScope,
  conceptBank: Matrix,
  images: readonly Matrix[],
): Promise<Float64Array> {
  const head = await createSpecialisedMaskedHead(
    splitAt(intake, layer).head,
    layer,
    conceptBank,
    classIndex,
    { sessions: device.sessions, memoryBudget: environment.memoryBudget },
  );
  const total = new Float64Array(conceptBank.rows);
  const design = { design: options.design, samples: SAMPLES, replicates: 1 };
  try {
    for (const [image, rows] of images.entries()) {
      const { coefficients } = await nnls(rows, conceptBank);
      const seed = options.seed + image;
      const { replicates, status } = await imageImportance(
        await head.prepare(coefficients),
        conceptBank.rows,
        { ...design, seed },
      );
      if (status !== 'non-finite') replicates[0].forEach((index, c) => (total[c] += index / images.length));
    }
    return total;
  } finally {
    await head.dispose();
  }
}

/** Share of the importance that lies with concepts found again. */
function massOf(importance: Float64Array, similarities: Float64Array): number | undefined {
  const positive = importance.map((index) => Math.max(0, index));
  const total = positive.reduce((sum, index) => sum + index, 0);
  if (total === 0) return undefined;
  const isFound = (c: number): boolean => similarities[c] >= TRUST_THRESHOLDS.stability.fair;
  return positive.reduce((sum, index, c) => sum + (isFound(c) ? index : 0), 0) / total;
}
