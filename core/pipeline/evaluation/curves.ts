import {
  createDirectionalDerivatives,
  type DirectionalDerivatives,
} from '../../concepts/directional-derivatives.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { TesseraError } from '../../errors.ts';
import { matrix, rowView, type Matrix } from '../../linalg/matrix.ts';
import { coefficientSizes, orderBy } from '../../metrics/concept-orders.ts';
import type { ConceptOrder, ImageCurves } from '../../metrics/concept-curve.ts';
import { deletion, deletionOfImage } from '../../metrics/deletion.ts';
import type { Evaluation, OrderName, StoredCurves, StoredOrder } from '../../metrics/evaluation.ts';
import { insertion, insertionOfImage } from '../../metrics/insertion.ts';
import { rememberMasks } from '../../metrics/masked-logit.ts';
import { imageMuFidelity, muFidelity, type ImageMuFidelity } from '../../metrics/mu-fidelity.ts';
import type { OrderComparison } from '../../metrics/order-comparison.ts';
import { cutAt } from '../model-parts.ts';
import type { EvaluationScope } from './evaluation-scope.ts';
import { ownActivations } from '../own-activations.ts';
import type { EvaluationPlan, EvaluationSubject } from './plan.ts';

type Curves = Pick<Evaluation, 'deletion' | 'insertion' | 'muFidelity' | 'noGradient'>;
type Orders = Readonly<Partial<Record<OrderName, ConceptOrder>>> & { readonly sobol: ConceptOrder };

/**
 * Deletion, insertion and C-µFidelity on the images of the plan, the curves from nothing to the model's own activations: every image's head is specialised once and no mask is
 * computed twice. `tick` is called once an image.
 */
export async function evaluateCurves(
  context: EvaluationScope,
  { conceptBank, coefficients, order, imageImportance }: EvaluationSubject,
  { images, nRandom }: EvaluationPlan,
  tick: () => void,
): Promise<Curves> {
  const { intake, layer, classIndex, device, environment, options, signal } = context;
  const own = images.map((image) => coefficients[image]);
  const gradient = await gradientOrder(context, conceptBank, own);
  const orders: Orders = {
    sobol: order,
    size: orderBy(coefficientSizes(coefficients)),
    ...(gradient.order && { gradient: gradient.order }),
  };
  const head = await createSpecialisedMaskedHead(cutAt(intake, layer).head, layer, conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  const deleted: ImageCurves[] = [];
  const inserted: ImageCurves[] = [];
  const fidelities: ImageMuFidelity[] = [];
  try {
    for await (const { image, own: activations } of ownActivations(context, images)) {
      signal?.throwIfAborted();
      const logit = await head.prepareWithRest(coefficients[image], activations);
      const evaluate = rememberMasks((masks) => logit.evaluate(masks));
      const random = { nRandom, seed: options.seed, hasRest: true };
      deleted.push(await deletionOfImage(evaluate, orders as Record<string, ConceptOrder>, random));
      inserted.push(await insertionOfImage(evaluate, orders as Record<string, ConceptOrder>, random));
      const attributions = imageImportance[image];
      fidelities.push(
        attributions.every(Number.isFinite)
          ? await imageMuFidelity((masks) => evaluate(withoutRest(masks)), attributions, {
              seed: options.seed + image,
            })
          : { status: 'non-finite' },
      );
      tick();
    }
  } finally {
    await head.dispose();
  }
  const { mean, interval, images: count } = muFidelity(fidelities);
  return {
    deletion: storedCurves(deletion(deleted)),
    insertion: storedCurves(insertion(inserted)),
    muFidelity: { ...(mean !== undefined && { mean }), ...(interval && { interval }), images: count },
    ...(gradient.reason !== undefined && { noGradient: gradient.reason }),
  };
}

/** The same masks [n, r + 1] with the rest taken out: importance is of the reconstruction. */
function withoutRest(masks: Matrix): Matrix {
  const out = matrix(masks.rows, masks.cols + 1);
  for (let row = 0; row < masks.rows; row++) out.data.set(rowView(masks, row), row * out.cols);
  return out;
}

/** Concepts by their mean directional derivative over the images, or why there is none. */
async function gradientOrder(
  { intake, layer, classIndex, device, signal }: EvaluationScope,
  conceptBank: Matrix,
  images: readonly Matrix[],
): Promise<{ readonly order?: ConceptOrder; readonly reason?: string }> {
  let derivatives: DirectionalDerivatives | undefined;
  try {
    const { head } = cutAt(intake, layer);
    derivatives = createDirectionalDerivatives(head, layer, conceptBank, classIndex, device.sessions);
    const sum = new Float64Array(conceptBank.rows);
    for (const image of images) {
      signal?.throwIfAborted();
      (await derivatives.of(image)).forEach((slope, c) => (sum[c] += slope));
    }
    return { order: orderBy(sum) };
  } catch (error) {
    const isFlat =
      error instanceof TesseraError &&
      (error.code === 'unsupported-operator' || error.code === 'not-differentiable');
    if (!isFlat) throw error;
    return { reason: error.message };
  } finally {
    await derivatives?.dispose();
  }
}

function storedCurves({ status, hasRest, orders, random }: OrderComparison): StoredCurves {
  const named = Object.entries(orders).map(([name, { logits, scores, ...rest }]) => [
    name,
    { logits: [...logits], ...(scores && { scores: [...scores] }), ...rest },
  ]);
  const { logits, scores, band, ...rest } = random!;
  return {
    status,
    hasRest,
    orders: Object.fromEntries(named) as StoredCurves['orders'] & Record<string, StoredOrder>,
    random: {
      logits: [...logits],
      ...(scores && { scores: [...scores] }),
      ...(band && { band: { low: [...band.low], high: [...band.high] } }),
      ...rest,
    },
  };
}
