import { classImportance } from '../../concepts/importance.ts';
import type { EvaluationLevel, StoredInfluence } from '../../metrics/evaluation.ts';
import { Z95 } from '../../metrics/wilson.ts';
import { invariant } from '../../errors.ts';
import type { Json } from '../../project/canonical-json.ts';
import { filesByContent, firstOfEach } from '../evaluation/alike-images.ts';
import { makeAgain } from '../evaluation/refits.ts';
import { defineStage, type StageContext } from '../stage.ts';
import type { BankMovement, MovementPlan } from '../influence/bank-movement.ts';
import { bankStage } from './bank.ts';
import { importanceStage } from './importance.ts';
import { rowsStage } from './rows.ts';

const PLANS = {
  quick: { rows: 768, groups: 16, refits: 8 },
  full: { rows: 16_384, groups: 128, refits: 30 },
} as const satisfies Record<EvaluationLevel, MovementPlan>;

/** Problems of so few multiplications a product are solved in 64 bits, by plain loops. */
const PRECISE_UP_TO = 5e4;
/** Banks made with other seeds, and iterations of each at most, by which it is known how far fits lie apart. */
const FITS = { seeds: 3, bootstraps: 0, maxIter: 200 };
/** Pictures kept for a concept. */
const PICTURES = 8;

/**
 * What the concepts rest on: how far each would move with another sample of images, what that adds to the interval of its
 * importance, and which images move it most, by implicit differentiation of the factorisation; and how far importance lies
 * apart from fit to fit, which no derivative tells.
 */
export const influenceStage = defineStage({
  name: 'influence',
  inputs: { rows: rowsStage, bank: bankStage, importance: importanceStage },
  facts: [],
  version: 4,
  compute: async (context): Promise<StoredInfluence> => {
    const { value } = await context.entry.get(0, async () => ({
      tensors: new Map(),
      value: (await influenceOf(context)) as unknown as Json,
    }));
    return value as unknown as StoredInfluence;
  },
});

type Context = StageContext<
  'influence',
  'intake' | 'device' | 'layer' | 'images' | 'classIndex',
  {
    readonly rows: typeof rowsStage;
    readonly bank: typeof bankStage;
    readonly importance: typeof importanceStage;
  }
>;

async function influenceOf(context: Context): Promise<StoredInfluence> {
  const { environment, device, inputs, options, onProgress, signal } = context;
  const { evaluate: level, seed } = options;
  invariant(level !== 'none', 'an evaluation that is not wanted');
  const { rows, bank, importance } = inputs;
  const plan = PLANS[level];
  const copies = filesByContent(context.images);
  const pictureOf = pictures(copies);
  const total = Math.min(plan.groups, copies.length) + FITS.seeds + 1;
  const work = Math.min(plan.rows, rows.activations.rows) * bank.conceptBank.data.length;
  const tensors = work > PRECISE_UP_TO ? await environment.tensors?.(device.used) : undefined;
  // Loaded here, so that a start of the program is not kept waiting for TensorFlow.js.
  const { bankMovement } = await import('../influence/bank-movement.ts');
  const { addedVariance, spreadOfFits } = await import('../influence/importance-spread.ts');
  const isSigned = bank.method === 'semi-nmf';
  onProgress({ stage: 'influence', done: 0, total });
  const movement = await bankMovement(rows, bank.conceptBank, plan, {
    gemm: device.gemm,
    precision: tensors === undefined ? 'float64' : 'backend',
    isSigned,
    seed,
    pictureOf,
    signal,
    onProgress: (done) => onProgress({ stage: 'influence', done, total }),
  });
  const ofImages = { ...movement, groupOf: pictureOf.map((picture) => movement.groupOf[picture]) };
  const added = await addedVariance(context, ofImages, importance, { isSigned, seed });
  let done = total - FITS.seeds - 1;
  const { seeds } = await makeAgain(
    context,
    { rows, conceptBank: bank.conceptBank, first: firstOfEach(copies) },
    { ...FITS, rows: rows.activations.rows },
    () => onProgress({ stage: 'influence', done: ++done, total }),
  );
  const apart = await spreadOfFits(context, bank.conceptBank, seeds, seed);
  onProgress({ stage: 'influence', done: total, total });
  const { estimates } = classImportance(importance, seed);
  return {
    status: movement.status,
    source: movement.source,
    nearDegenerate: movement.nearDegenerate,
    computedOn: tensors ?? 'float64',
    rows: Math.min(plan.rows, rows.activations.rows),
    concepts: estimates.map((estimate, k) => ({
      cosine: movement.cosine[k],
      spread: movement.spread[k],
      importance: widened(estimate, added[k]),
      betweenFits: { deviation: apart[k], fits: seeds.length + 1 },
      images: strongestImages(movement, k, copies),
    })),
  };
}

/** The interval of importance, each side lengthened by what the concepts add. */
function widened(
  { mean, low, high }: { readonly mean: number; readonly low: number; readonly high: number },
  variance: number,
): { readonly low: number; readonly high: number } {
  const more = Z95 ** 2 * Math.max(0, variance);
  return {
    low: Math.max(Math.min(0, low), mean - Math.sqrt((mean - low) ** 2 + more)),
    high: Math.min(Math.max(1, high), mean + Math.sqrt((high - mean) ** 2 + more)),
  };
}

/** Which picture each image is, from the copies of each. */
function pictures(copies: readonly (readonly number[])[]): number[] {
  const out: number[] = [];
  copies.forEach((images, picture) => images.forEach((image) => (out[image] = picture)));
  return out;
}

/** The images that move a concept most, copies as one, with their share of all that they do along the same direction. */
function strongestImages(
  { influence }: BankMovement,
  concept: number,
  copies: readonly (readonly number[])[],
) {
  if (!influence) return [];
  const r = influence.length / copies.length;
  const squares = copies.map((_, picture) => influence[picture * r + concept] ** 2);
  const whole = squares.reduce((sum, square) => sum + square, 0);
  if (!(whole > 0)) return [];
  return squares
    .map((square, picture) => ({ image: copies[picture][0], share: square / whole }))
    .sort((a, b) => b.share - a.share)
    .slice(0, PICTURES);
}
