import { buildBank } from '../concepts/bank.ts';
import type { CropRef } from '../concepts/explanation.ts';
import { strongestPlaces } from '../concepts/gallery.ts';
import { toRows } from '../concepts/latent-rows.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { mostConcepts } from '../factorization/factorise.ts';
import { stackRows, takeRows, type Matrix } from '../linalg/matrix.ts';
import { openKeptAnswers } from './kept-answers.ts';
import { runnerFor } from './model-parts.ts';
import { ownActivations } from './own-activations.ts';
import { batchAnswers } from './picture-answers.ts';
import { readBatch } from './pictures.ts';
import type { Prediction } from './prediction.ts';
import type { FileFact, Question } from './question.ts';
import type { WorkScope } from './run-context.ts';
import type { ScoredModel } from './scored-model.ts';
import { selectImages } from './selection.ts';
import { settleScore } from './settle-score.ts';
import { spreadPlaces } from './spread-places.ts';
import { chosenRows, roomFor, rowBoxes } from './stages/rows.ts';

/** Images that a first look is of, those that are asked about to find them, and of how many in all it takes a part. */
const LOOKED_AT = 48;
const ASKED = 64;
const FEWEST = 2 * LOOKED_AT;
/** Concepts where their number is to be found, and sweeps: enough to be looked at. */
const USUAL = 10;
const MAX_ITER = 50;

/** Concepts of some of a run's images. */
export interface FirstLook {
  /** The strongest places of each, in the order of the bank. */
  readonly crops: readonly (readonly CropRef[])[];
  readonly images: readonly FileFact[];
}

/**
 * Concepts of some of the images that a run will explain, to be looked at until its own are there: from the grid of the layer
 * whatever the rows will be, and never refined. The run takes nothing of it, and nothing is stored.
 *
 * Undefined where it would not come sooner (few images), where other concepts are asked for (sparse ones, or those of all
 * classes), and where something is wrong, which the run itself meets and says. Throws the signal's reason when aborted.
 */
export async function firstLook(
  scope: Pick<WorkScope, 'environment' | 'device' | 'signal'>,
  question: Question,
  options: RunOptions,
  perConcept: number,
): Promise<FirstLook | undefined> {
  const isOther = options.bank === 'sparse' || options.sharing === 'shared';
  if (isOther || question.files.length < FEWEST) return undefined;
  try {
    const { intake, images } = await someImages(scope, question, options);
    const { device, signal } = scope;
    const boxes = rowBoxes({ intake, layer: question.layer, options: { ...options, rows: 'grid' } });
    const { rows, places } = await rowsOf({ ...scope, ...question, intake, images }, boxes, options.seed);
    const concepts = options.concepts === 'auto' ? USUAL : options.concepts;
    const { coefficients } = await buildBank(rows, Math.min(concepts, mostConcepts(rows, undefined)), {
      gemm: device.gemm,
      seed: options.seed,
      maxIter: MAX_ITER,
      ...(signal && { signal }),
    });
    return { crops: strongestPlaces(coefficients, places, perConcept), images };
  } catch (error) {
    if (error instanceof TesseraError) return undefined;
    throw error;
  }
}

type Scope = Pick<WorkScope, 'environment' | 'device' | 'signal'>;

/** Some of the images that the question is about, spread over all that are known to be. */
async function someImages(
  scope: Scope,
  question: Question,
  { reference }: RunOptions,
): Promise<{ readonly intake: ScoredModel; readonly images: readonly FileFact[] }> {
  const { files, explained } = question;
  const model = { environment: scope.environment, device: scope.device, intake: question.intake };
  const found = await someAnswers(scope, question);
  const { intake, answers } = await settleScore(model, explained, reference, found);
  const chosen = selectImages(answers, { ...question, intake });
  return { intake, images: spreadPlaces(chosen.length, LOOKED_AT).map((place) => files[chosen[place].at]) };
}

/** What the model says of the images that it was asked about before; where those are few, of some that are spread over all. */
async function someAnswers(
  { environment, device, signal }: Scope,
  { files, intake }: Question,
): Promise<Prediction[]> {
  const kept = await openKeptAnswers(environment, { intake, device });
  const known = files.flatMap(({ stamp }, at): Prediction[] => {
    const answer = kept.get(stamp?.sha256);
    return answer === undefined ? [] : [{ ...answer, at }];
  });
  if (known.length >= ASKED) return known;
  const places = spreadPlaces(files.length, ASKED);
  const some = places.map((place) => files[place]);
  const runner = runnerFor({ environment, device, intake }, intake.model);
  try {
    const batch = await readBatch(environment.codec, some, intake.preprocessing.preprocessing);
    signal?.throwIfAborted();
    const { answers } = await batchAnswers({ runner, scores: intake.scores }, batch, some);
    return answers.map(({ offset, answer }) => ({ ...answer, at: places[offset] }));
  } finally {
    await runner.dispose();
  }
}

/** Rows of images at the layer, as many as there is room for, and what each shows. */
async function rowsOf(
  context: Parameters<typeof ownActivations>[0],
  boxes: ReturnType<typeof rowBoxes>,
  seed: number,
) {
  const { layer, images } = context;
  const { chosen } = chosenRows(boxes.length, images.length, { room: roomFor(layer), seed });
  const parts: Matrix[] = [];
  const order = chosen.map(({ image }) => image);
  for await (const { own } of ownActivations(context, order))
    parts.push(takeRows(toRows(own, layer), chosen[parts.length].rows));
  return {
    rows: stackRows(parts),
    places: chosen.flatMap(({ image, rows }) => rows.map((row) => ({ image, box: boxes[row] }))),
  };
}
