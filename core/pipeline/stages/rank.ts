import { activeOf, SPARSE_CANDIDATES } from '../../concepts/bank.ts';
import { imageImportance } from '../../concepts/importance.ts';
import { toRows } from '../../concepts/latent-rows.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { mostConcepts } from '../../factorization/factorise.ts';
import { chooseFrom, disjointSamples, rankEvidence } from '../../factorization/rank.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { RankCurve, RankPoint } from '../../metrics/evaluation.ts';
import { TRUST_THRESHOLDS } from '../../metrics/trust.ts';
import { cutAt } from '../model-parts.ts';
import { ownActivations } from '../own-activations.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { rowsStage } from './rows.ts';

/** Numbers of concepts that are tried. */
const CANDIDATES = [2, 3, 4, 6, 8, 10, 12, 15, 20, 25];

/** Rows of each of the two samples, images whose importance is measured, and masks of a design. */
const SAMPLE_ROWS = 1024;
const IMAGES = 8;
const SAMPLES = 32;

/**
 * What each number of concepts would achieve on the rows: R² and stability on held-out rows, and how much of the
 * importance lies with concepts that are found again. Every number is stored as it is done; the same call after an
 * interruption continues. Progress: one unit a number, stage 'rank'.
 */
export const rankStage = defineStage({
  name: 'rank',
  inputs: { rows: rowsStage },
  facts: ['classIndex'],
  version: 2,
  compute: rankCurve,
});

/** The same where all of it was computed before, else undefined. */
export const storedRankStage = { ...rankStage, compute: storedRank };

type Context = StageContext<
  'rank',
  'intake' | 'device' | 'layer' | 'images' | 'classIndex',
  { readonly rows: typeof rowsStage }
>;

async function storedRank(context: Context): Promise<RankCurve | undefined> {
  const { entry, inputs } = context;
  for (const r of candidatesFor(inputs.rows.activations, activeOf(context.options)))
    if (!(await entry.has(r))) return undefined;
  return rankCurve({ ...context, onProgress: () => undefined });
}

async function rankCurve(context: Context): Promise<RankCurve> {
  const { entry, inputs, onProgress } = context;
  const { activations } = inputs.rows;
  const tried = candidatesFor(activations, activeOf(context.options));
  const measure = pointMeasure(context, activations);
  const points: RankPoint[] = [];
  for (const [done, r] of tried.entries()) {
    onProgress({ stage: 'rank', done, total: tried.length });
    const { value } = await entry.get(r, async () => ({ tensors: new Map(), value: await measure(r) }));
    points.push(value);
  }
  onProgress({ stage: 'rank', done: tried.length, total: tried.length });
  return { points, suggested: chooseFrom(points) };
}

/** A point as JSON carries it. */
type StoredPoint = Pick<RankPoint, keyof RankPoint>;

/** Measures one number of concepts; what all numbers share is prepared once, at the first. */
function pointMeasure(context: Context, activations: Matrix): (r: number) => Promise<StoredPoint> {
  const { options, device, signal } = context;
  const halves = disjointSamples(activations, { seed: options.seed, sampleRows: SAMPLE_ROWS });
  let latent: Matrix[] | undefined;
  return async (r) => {
    signal?.throwIfAborted();
    const { conceptBank, similarities, ...evidence } = await rankEvidence(r, halves, {
      gemm: device.gemm,
      seed: options.seed,
      active: activeOf(options),
      ...(signal && { signal }),
    });
    latent ??= await latentRows(context);
    const importance = await meanImportance(context, conceptBank, latent);
    const importanceMass = massOf(importance, similarities);
    return { ...evidence, ...(importanceMass !== undefined && { importanceMass }) };
  };
}

function candidatesFor({ rows, cols }: Matrix, active: number | undefined): number[] {
  const half = Math.min(SAMPLE_ROWS, Math.floor(rows / 2));
  const most = mostConcepts({ rows: half, cols }, active);
  const fitting = (active === undefined ? CANDIDATES : SPARSE_CANDIDATES).filter((r) => r <= most);
  return fitting.length > 0 ? fitting : [1];
}

/** Activation rows [positions, p] of a few images, evenly spread. */
async function latentRows(context: Context): Promise<Matrix[]> {
  const { images, layer } = context;
  const count = Math.min(IMAGES, images.length);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * images.length) / count));
  const rows: Matrix[] = [];
  for await (const { own } of ownActivations(context, chosen)) rows.push(toRows(own, layer));
  return rows;
}

/** Total index of each concept, mean over the images; an image whose logit is not finite does not count. */
async function meanImportance(
  { intake, layer, classIndex, device, environment, options }: Context,
  conceptBank: CodedBank,
  images: readonly Matrix[],
): Promise<Float64Array> {
  const head = await createSpecialisedMaskedHead(cutAt(intake, layer).head, layer, conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  const total = new Float64Array(conceptBank.rows);
  const design = { design: options.design, samples: SAMPLES, replicates: 1 };
  try {
    for (const [image, rows] of images.entries()) {
      const { coefficients } = await codesOf(rows, conceptBank);
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
