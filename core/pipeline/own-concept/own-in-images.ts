import type { ConceptRemoval, Explanation } from '../../concepts/explanation.ts';
import { fromRows, toRows } from '../../concepts/latent-rows.ts';
import { createLogitGradients, type LogitGradients } from '../../concepts/logit-gradients.ts';
import { bankWithOwn, codesWithOwn } from '../../concepts/own/own-game.ts';
import { ownAmounts, withoutOwn, type OwnDirection } from '../../concepts/own/own-direction.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { TesseraError } from '../../errors.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { RunFile } from '../../project/schema.ts';
import { createRandom } from '../../random.ts';
import { answerIn } from '../../score/decision.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import { ownActivations } from '../own-activations.ts';
import type { FileFact } from '../question.ts';
import type { ScoredScope } from '../run-context.ts';
import { spreadPlaces } from '../spread-places.ts';
import { MOST_IMAGES, restOfImage, type ImageRest } from '../stages/rest.ts';

/** An own concept in the explained images of a run, by their index. */
export interface OwnInImages {
  /** [positions, r + 1] of each: the players of its game, see own-game.ts. */
  readonly coefficients: readonly Matrix[];
  /** Slope of the score by each channel [p] of each; undefined where the model has no gradients there. */
  readonly gradients?: readonly Float32Array[];
  readonly flips: ConceptRemoval['flips'];
  /** In some of them: what the rest and every player do to the score. */
  readonly rests: readonly ImageRest[];
}

/** Whose images are looked at. */
export interface OwnSubject {
  readonly scope: ScoredScope;
  readonly run: RunFile & { readonly explanation: Explanation };
  readonly conceptBank: CodedBank;
  readonly images: readonly FileFact[];
  readonly onDone: () => void;
  readonly signal: AbortSignal | undefined;
}

/** Goes through the explained images once, with all that needs their activations. */
export async function ownInImages(subject: OwnSubject, own: OwnDirection): Promise<OwnInImages> {
  const { scope, run, conceptBank, images, onDone, signal } = subject;
  const { layer, classIndex } = run.explanation;
  const { intake, environment, device } = scope;
  const { head: cut } = cutAt(intake, layer);
  const head = runnerFor(scope, cut);
  const gradientsOf = openGradients(subject);
  const masked = await createSpecialisedMaskedHead(cut, layer, bankWithOwn(conceptBank, own), classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  const weighed = new Set(spreadPlaces(images.length, MOST_IMAGES));
  const random = createRandom(run.options.seed);
  const coefficients: Matrix[] = [];
  const gradients: Float32Array[] = [];
  const flips: ConceptRemoval['flips'][number][] = [];
  const rests: ImageRest[] = [];
  try {
    const all = [...images.keys()];
    for await (const one of ownActivations(
      { ...{ environment, signal, intake, device }, layer, images },
      all,
    )) {
      const rows = toRows(one.own, layer);
      const amounts = ownAmounts(rows, own);
      const codes = await codesWithOwn(rows, conceptBank, own, amounts);
      coefficients.push(codes);
      if (gradientsOf) gradients.push(await gradientsOf.of(one.own));
      if (amounts.some((amount) => amount > 0)) {
        const { data } = await head.run(fromRows(withoutOwn(rows, own, amounts), layer));
        const { index } = answerIn(intake.score, data);
        if (index !== run.explanation.images[one.image].predicted.index)
          flips.push({ image: one.image, to: { index, name: intake.labels.names[index] } });
      }
      if (weighed.has(one.image)) {
        const design = { ...run.options, seed: random.integer(2 ** 32) };
        rests.push(await restOfImage(masked, codes, one.own, design));
      }
      onDone();
    }
  } finally {
    await head.dispose();
    await gradientsOf?.dispose();
    await masked.dispose();
  }
  return { coefficients, ...(gradientsOf && { gradients }), flips, rests };
}

function openGradients({ scope, run }: OwnSubject): LogitGradients | undefined {
  const { layer, classIndex } = run.explanation;
  try {
    return createLogitGradients(cutAt(scope.intake, layer).head, layer, classIndex, scope.device.sessions);
  } catch (error) {
    const isKnown = error instanceof TesseraError;
    if (isKnown && (error.code === 'unsupported-operator' || error.code === 'not-differentiable'))
      return undefined;
    throw error;
  }
}
