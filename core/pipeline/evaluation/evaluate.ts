import type { Explanation } from '../../concepts/explanation.ts';
import { collinearity } from '../../metrics/collinearity.ts';
import type { Evaluation, EvaluationLevel } from '../../metrics/evaluation.ts';
import { fidelity } from '../../metrics/fidelity.ts';
import { sparsityOfConcepts } from '../../metrics/sparsity.ts';
import { rightAnswers } from '../../images/folder-class.ts';
import type { EvaluationScope } from './evaluation-scope.ts';
import type { FileFact } from '../question.ts';
import { distinctImages, filesByContent, firstAlike, firstOfEach } from './alike-images.ts';
import { evaluateCurves } from './curves.ts';
import { planOf, type EvaluationPlan, type EvaluationSubject } from './plan.ts';
import { evaluateSanity } from './random-weights.ts';
import { makeAgain, refitsOf, stabilityOf } from './refits.ts';
import { evaluateHeldOut } from './held-out.ts';

/**
 * Measures how far an explanation can be trusted, against the model in the context.
 *
 * Deterministic for the run's seed. Progress: one unit an image or bank, stage 'evaluation'.
 * Throws TesseraError when a picture can no longer be read; the signal's reason when aborted.
 */
export async function evaluate(
  context: EvaluationScope,
  subject: EvaluationSubject,
  level: EvaluationLevel,
): Promise<Evaluation> {
  const first = firstAlike(subject.explanation.images, subject.coefficients, context.images);
  const plan = planOf(level, distinctImages(first));
  const total = plan.images.length + plan.seeds + plan.bootstraps + plan.heldOut + plan.sanityImages.length;
  let done = 0;
  context.onProgress({ stage: 'evaluation', done, total });
  const tick = (): void => context.onProgress({ stage: 'evaluation', done: ++done, total });

  const { explanation, conceptBank, coefficients } = subject;
  const { agreement, logitR2, logitError } = fidelity(explanation.images);
  const { r2, relativeError } = explanation.reconstruction;
  const curves = await evaluateCurves(context, subject, plan, tick);
  const { stability, refits } = await stabilityAndRefits(context, subject, { first, plan, level }, tick);
  const heldOut = await evaluateHeldOut(context, refits, plan, tick);
  const sanity = await evaluateSanity(context, subject, plan, tick);
  // Fewer images than planned may be left out by the samples.
  context.onProgress({ stage: 'evaluation', done: total, total });
  return {
    level,
    images: plan.images.length,
    hitRate: explanation.answers ?? rightAnswers(context.labels.names, explainedImages(context, explanation)),
    reconstruction: { r2, relativeError },
    fidelity: {
      agreement,
      ...(logitR2 !== undefined && { logitR2 }),
      ...(logitError !== undefined && { logitError }),
    },
    ...curves,
    stability,
    ...(heldOut && { heldOut }),
    sanity,
    sparsity: sparsityOfConcepts(coefficients).map(({ hoyer, kurtosis }) => ({
      ...(hoyer !== undefined && { hoyer }),
      ...(kurtosis !== undefined && { kurtosis }),
    })),
    collinearity: collinearity(coefficients, conceptBank),
  };
}

/** Whether other samples give the same concepts; banks of all classes are made again once, whichever class is explained. */
async function stabilityAndRefits(
  context: EvaluationScope,
  { rows, conceptBank }: EvaluationSubject,
  {
    first,
    plan,
    level,
  }: { readonly first: readonly number[]; readonly plan: EvaluationPlan; readonly level: EvaluationLevel },
  tick: () => void,
) {
  const { sharedBank, images } = context;
  const made = sharedBank
    ? await sharedBank.madeAgain(level)
    : await makeAgain(context, { rows, conceptBank, first }, plan, tick);
  const placeOf = sharedBank ? placesIn(sharedBank.sample.images, images) : (image: number) => first[image];
  return {
    stability: stabilityOf(conceptBank, made),
    refits: refitsOf(made, distinctImages(first), placeOf),
  };
}

/** Which of a sample's images an explained one is, by the first that is the same; undefined for one that is not in it. */
function placesIn(sample: readonly FileFact[], images: readonly FileFact[]) {
  const first = firstOfEach(filesByContent(sample));
  const keyOf = ({ path, stamp }: FileFact): string => stamp?.sha256 ?? path;
  const places = new Map(sample.map((file, place) => [keyOf(file), first[place]]));
  return (image: number): number | undefined => places.get(keyOf(images[image]));
}

/** What a run from before all answers were kept has to go by. */
function explainedImages({ images }: EvaluationScope, explanation: Pick<Explanation, 'images'>) {
  return explanation.images.map(({ predicted }, image) => ({ file: images[image], index: predicted.index }));
}
