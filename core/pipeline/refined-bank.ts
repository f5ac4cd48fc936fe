import { buildBank, type Bank } from '../concepts/bank.ts';
import { leadingColumns, openLeadingScores } from '../concepts/leading-scores.ts';
import { positionsOf, channelsOf, fromRows, toRows } from '../concepts/latent-rows.ts';
import { TesseraError } from '../errors.ts';
import { cosinesToStart, judgeBanks, refineBank, type RefinedBank } from '../factorization/refine.ts';
import { weightsByClass, weightsByScore } from '../factorization/score-weights.ts';
import type { ScoredRows, StandInErrors } from '../factorization/refine-objective.ts';
import { codesOf } from '../factorization/sparse-codes.ts';
import { matrix, stackRows, takeRows, type Matrix } from '../linalg/matrix.ts';
import type { LayerRecord, RefinedFigures, StandInShares } from '../concepts/explanation.ts';
import { createRandom } from '../random.ts';
import { filesByContent } from './evaluation/alike-images.ts';
import { cutAt, runnerFor } from './model-parts.ts';
import { ownActivations } from './own-activations.ts';
import { spreadPlaces } from './spread-places.ts';
import type { Facts, StageWork } from './stage.ts';
import type { ActivationRows } from './stages/rows.ts';

/** Memory of the activations of whole images; more images than fit are left to the judgement of those that do. */
const MATRIX_BYTES = 2 ** 28;
/** Rows times the square of the concepts whose codes are found in bearable time, some fifty times over. */
const MOST_WORK = 1.2e8;
/** Concepts that are reckoned with where their number is chosen by evidence. */
const USUAL_CONCEPTS = 25;
/** Shares of the images that the bank is made on and that choose how much the scores count; the rest is unseen. */
const MADE = 0.6;
const CHOOSING = 0.2;
/** Fewer images leave nothing to judge by. */
const LEAST_IMAGES = 10;
/** Scores that a bank of one class is refined for. */
const LEADING = 20;
/** Fewer images of a class say nothing of its score. */
const LEAST_OF_CLASS = 5;

type Context = Pick<StageWork, 'environment' | 'signal' | 'onProgress'> &
  Pick<Facts, 'intake' | 'device' | 'layer' | 'images'>;

/** How the start of a refinement is made. */
export type BankOptions = Parameters<typeof buildBank>[2] & { readonly concepts: number | 'auto' };

/** A refined bank as the stage stores it. */
export interface MadeBank extends Bank {
  readonly refined: RefinedFigures;
}

/**
 * A bank made on six in ten of the images and refined there so that the model says of its reconstructions what it says of
 * the activations, judged beside its start on images that neither has seen. See `refineBank`. Where a bank made of all images,
 * those included, keeps more of what the model says of them, it is taken instead, and the figures say so.
 *
 * Throws TesseraError 'bad-usage' for fewer than {@link LEAST_IMAGES} images, or scores that are the same in all;
 * 'unsupported-operator' or 'not-differentiable' where the rest of the model has no gradient.
 */
export async function buildRefinedBank(
  context: Context,
  rows: ActivationRows,
  options: BankOptions,
): Promise<MadeBank> {
  const { device, layer, images, onProgress, signal } = context;
  const parts = partsOf(filesByContent(images), options.seed ?? 0);
  const isMade = new Set(parts.made);
  const own = rows.places.flatMap(({ image }, row) => (isMade.has(image) ? [row] : []));
  const shown = spreadPlaces(images.length, imagesThatFit(layer, options.concepts));
  const whole = await wholeImages(context, rows, shown);
  const scored = await openScores(
    context,
    whole,
    shown.flatMap((image, place) => (isMade.has(image) ? [place] : [])),
  );
  try {
    const start = await buildBank(takeRows(rows.activations, own), options.concepts, options);
    onProgress({ stage: 'concepts', done: 0, total: 1 });
    const values = await scored.ofRows(whole);
    const weights = scored.weightsOf(values);
    const partOf = (chosen: readonly number[]): ScoredRows => {
      const places = shown.flatMap((image, place) => (chosen.includes(image) ? [place] : []));
      return {
        rows: imagesOf(whole, places, positionsOf(layer)),
        scores: takeRows(values, places),
        weights: takeRows(weights, places),
      };
    };
    const unseen = partOf(parts.unseen);
    const found = await refineBank(
      start.conceptBank,
      { made: partOf(parts.made), choosing: partOf(parts.choosing), unseen },
      scored,
      {
        gemm: device.gemm,
        isCostly: !scored.isAffine,
        onStep: (done, total) => onProgress({ stage: 'concepts', done, total }),
        signal,
      },
    );
    const counts = {
      made: parts.made.length,
      unseen: shown.filter((image) => parts.unseen.includes(image)).length,
      scores: values.cols,
    };
    // What was kept back is lost to a refined bank: it has to be better than one made of all images.
    const ofAll = await buildBank(rows.activations, start.conceptBank.rows, options);
    const [errors] = await judgeBanks(unseen, [ofAll.conceptBank], scored, device.gemm);
    if (found.weight === 0 || errors.scores <= found.after.scores) {
      const refused = found.weight === 0 ? found.refused : found.after;
      const unchanged = { ...found, bank: ofAll.conceptBank, before: errors, after: errors, weight: 0 };
      const outcome = { ...unchanged, ...(refused && { refused }) };
      const refined = figuresOf(outcome, ofAll.conceptBank, { ...counts, made: images.length });
      return { ...ofAll, refined: { ...refined, ofAll: true } };
    }
    const { coefficients } = await codesOf(rows.activations, found.bank, {
      gemm: device.gemm,
      ...(signal && { signal }),
    });
    return {
      ...start,
      coefficients,
      conceptBank: found.bank,
      refined: figuresOf(found, start.conceptBank, counts),
    };
  } finally {
    await scored.dispose();
  }
}

interface ImageParts {
  readonly made: readonly number[];
  readonly choosing: readonly number[];
  readonly unseen: readonly number[];
}

/** The images by lot: of `copies` of one all make the bank, or one judges it. */
function partsOf(copies: readonly (readonly number[])[], seed: number): ImageParts {
  const count = copies.length;
  if (count < LEAST_IMAGES) {
    throw new TesseraError(
      'bad-usage',
      `Refining concepts needs at least ${LEAST_IMAGES} images, since some are kept to judge by; got ${count}${copies.flat().length > count ? ' beside their copies' : ''}.`,
      { hint: 'Leave the refining away, or give more images', options: ['images'] },
    );
  }
  const order = [...createRandom(seed).permutation(count)];
  const [first, second] = [Math.floor(MADE * count), Math.floor((MADE + CHOOSING) * count)];
  const judges = order.slice(first).map((place) => copies[place][0]);
  return {
    made: order.slice(0, first).flatMap((place) => copies[place]),
    choosing: judges.slice(0, second - first),
    unseen: judges.slice(second - first),
  };
}

/** Images that a bank of so many concepts is refined on, at most, by memory and time. */
export function imagesThatFit(layer: LayerRecord, concepts: number | 'auto'): number {
  const positions = positionsOf(layer);
  const byMemory = MATRIX_BYTES / (4 * channelsOf(layer) * positions);
  const byTime = MOST_WORK / (positions * (concepts === 'auto' ? USUAL_CONCEPTS : concepts) ** 2);
  return Math.max(LEAST_IMAGES, Math.floor(Math.min(byMemory, byTime)));
}

/** All positions of some images: those at hand, or computed again where rows are crops or a share of the positions. */
async function wholeImages(
  context: Context,
  rows: ActivationRows,
  shown: readonly number[],
): Promise<Matrix> {
  const { images, layer } = context;
  if (rows.isWhole) {
    return shown.length === images.length
      ? rows.activations
      : imagesOf(rows.activations, shown, positionsOf(layer));
  }
  const found: Matrix[] = [];
  for await (const { own } of ownActivations(context, shown)) found.push(toRows(own, layer));
  return stackRows(found);
}

function imagesOf(whole: Matrix, places: readonly number[], positions: number): Matrix {
  return takeRows(
    whole,
    places.flatMap((place) => Array.from({ length: positions }, (_, i) => place * positions + i)),
  );
}

/**
 * The scores that the bank is refined for: of images of several classes those of their classes, each in its own images;
 * else those that lead in the images that the bank is made on. `made` are places among the whole images.
 */
async function openScores(context: Context, whole: Matrix, made: readonly number[]) {
  const { device, intake, layer } = context;
  const all = await headScores(context, whole);
  if (all.data.every((value, i) => value === all.data[i % all.cols])) {
    throw new TesseraError(
      'bad-usage',
      'The model says the same of all images; there is nothing to refine for.',
      {
        hint: 'Leave the refining away, or give images of which it says different things',
        options: ['images'],
      },
    );
  }
  const own = classesOf(all);
  const classes = classesAmong(own);
  const columns = classes.length > 1 ? classes : leadingColumns(takeRows(all, made), LEADING);
  const opened = await openLeadingScores(cutAt(intake, layer).head, layer, columns, {
    sessions: device.sessions,
    gemm: device.gemm,
    fixedBatch: !intake.hasFreeBatch,
  });
  const weightsOf = (values: Matrix): Matrix =>
    classes.length > 1
      ? weightsByClass(
          values,
          own.map((column) => columns.indexOf(column)),
          made,
        )
      : weightsByScore(values, made);
  return { ...opened, weightsOf };
}

/** All scores of whole images [m, all]. */
async function headScores(context: Context, whole: Matrix): Promise<Matrix> {
  const { intake, layer } = context;
  const runner = runnerFor(context, cutAt(intake, layer).head);
  try {
    const { data, dims } = await runner.run(fromRows(whole, layer));
    return matrix(dims[0], data.length / dims[0], data);
  } finally {
    await runner.dispose();
  }
}

/** The largest score of each image. */
function classesOf({ rows, cols, data }: Matrix): number[] {
  return Array.from({ length: rows }, (_, row) => {
    const own = data.subarray(row * cols, (row + 1) * cols);
    return own.indexOf(Math.max(...own));
  });
}

/** Classes of at least {@link LEAST_OF_CLASS} images, in rising order. */
function classesAmong(own: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const column of own) counts.set(column, (counts.get(column) ?? 0) + 1);
  return [...counts]
    .flatMap(([column, count]) => (count >= LEAST_OF_CLASS ? [column] : []))
    .sort((a, b) => a - b);
}

function figuresOf(
  { before, after, bank, weight, refused, steps }: RefinedBank,
  start: Matrix,
  counts: { readonly made: number; readonly unseen: number; readonly scores: number },
): RefinedFigures {
  const shares = ({ activations, scores }: StandInErrors): StandInShares => ({
    r2: 1 - activations,
    headR2: 1 - scores,
  });
  return {
    before: shares(before),
    after: shares(after),
    images: counts.unseen,
    madeOn: counts.made,
    scores: counts.scores,
    weight,
    ...(refused && { refused: shares(refused) }),
    steps,
    cosines: cosinesToStart(bank, start),
  };
}
