import type { LayerRecord } from '../concepts/explanation.ts';
import { isNonNegative } from '../onnx/non-negative.ts';
import { chooseLayer } from './choose-layer.ts';
import type { ModelIntake } from './model-intake.ts';

/** How deep cuts are looked for, as shares of the multiplications before the proposed one. */
const DEPTHS = [1, 0.85, 0.7, 0.5];

/**
 * The cuts that are worth comparing, from the shallowest to the deepest: `chosen`, the proposed one, and at each depth of
 * the way to it the last cut with places; of those near a depth one whose activations are known to be non-negative.
 */
export function frontierCuts(intake: ModelIntake, chosen: LayerRecord): LayerRecord[] {
  const { cutPoints, model } = intake;
  const deepest = cutPoints.find(({ proposed }) => proposed) ?? chosen;
  const placed = cutPoints.filter(
    ({ kind, computeShare }) => kind !== 'vector' && computeShare <= deepest.computeShare,
  );
  const plain = placed.filter(({ tensor }) => isNonNegative(model.graph, tensor));
  const wanted = DEPTHS.map((depth) => {
    const isWithin = ({ computeShare }: LayerRecord) => computeShare <= depth * deepest.computeShare;
    const isNear = ({ computeShare }: LayerRecord) => computeShare > (depth - 0.2) * deepest.computeShare;
    const found = plain.findLast(isWithin);
    return found !== undefined && isNear(found) ? found : placed.findLast(isWithin);
  });
  const tensors = new Set([
    chosen.tensor,
    deepest.tensor,
    ...wanted.flatMap((cut) => (cut ? [cut.tensor] : [])),
  ]);
  return cutPoints
    .filter(({ tensor }) => tensors.has(tensor))
    .map(({ tensor }) => chooseLayer(intake, tensor));
}
