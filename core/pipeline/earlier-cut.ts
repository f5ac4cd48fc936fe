import type { LayerRecord } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import { isNonNegative } from '../onnx/non-negative.ts';
import { chooseLayer } from './choose-layer.ts';
import { type ModelIntake } from './model-intake.ts';

/** A finer layer this deep, as a share of the later layer's multiplications, is not too shallow for parts. */
const DEEP_ENOUGH = 0.5;
/** A layer of the same grid must leave at least this share of them to the sub-model, or its parts are the concept again. */
const FAR_ENOUGH = 0.25;

type Cuts = Pick<ModelIntake, 'cutPoints' | 'model'>;

/** The cut points before a layer at which its concepts can be decomposed, in order of depth: those with positions, if any. */
export function earlierCuts({ cutPoints }: Pick<Cuts, 'cutPoints'>, layer: LayerRecord): LayerRecord[] {
  const own = cutPoints.findIndex(({ tensor }) => tensor === layer.tensor);
  const before = cutPoints.slice(0, Math.max(0, own));
  const withPositions = before.filter(({ kind }) => kind !== 'vector');
  return withPositions.length > 0 ? withPositions : before;
}

/**
 * The cut at which a concept of a layer is decomposed when none is asked for; undefined when there is no earlier one.
 *
 * The last cut with a grid at least twice as fine (where the network's stage before ends), if half of the multiplications
 * up to the layer come before it; else the last that leaves a quarter of them to the sub-model; else the last at all.
 * Among equals one whose activations are known to be non-negative, for parts then only add up.
 */
export function proposeEarlierCut(intake: Cuts, layer: LayerRecord): LayerRecord | undefined {
  const cuts = earlierCuts(intake, layer);
  const plain = cuts.filter(({ tensor }) => isNonNegative(intake.model.graph, tensor));
  const cells = layer.grid[0] * layer.grid[1];
  const share = (cut: LayerRecord): number => cut.computeShare / Math.max(layer.computeShare, Number.EPSILON);
  const isFiner = (cut: LayerRecord): boolean =>
    cut.grid[0] * cut.grid[1] >= 4 * cells && share(cut) >= DEEP_ENOUGH;
  const isFar = (cut: LayerRecord): boolean => share(cut) <= 1 - FAR_ENOUGH;
  for (const isFit of [isFiner, isFar]) {
    const found = plain.findLast(isFit) ?? cuts.findLast(isFit);
    if (found !== undefined) return found;
  }
  return plain.at(-1) ?? cuts.at(-1);
}

/**
 * The cut to decompose a concept of `layer` at: the one asked for, else the proposed one.
 * Throws TesseraError 'unknown-name' for no cut point, 'bad-usage' for one that is not earlier, or when there is none.
 */
export function chooseEarlierCut(
  intake: ModelIntake,
  layer: LayerRecord,
  tensor: string | undefined,
): LayerRecord {
  const cuts = earlierCuts(intake, layer);
  if (tensor === undefined) {
    const proposed = proposeEarlierCut(intake, layer);
    if (proposed !== undefined) return proposed;
    throw new TesseraError(
      'bad-usage',
      `${layer.tensor} is the first layer at which the model can be cut; its concepts cannot be decomposed.`,
      { hint: 'Explain at a later layer to see what its concepts are made of.' },
    );
  }
  const wanted = chooseLayer(intake, tensor);
  const cut = cuts.find((one) => one.tensor === wanted.tensor);
  if (cut !== undefined) return wanted;
  throw new TesseraError(
    'bad-usage',
    `A concept of ${layer.tensor} can be decomposed at an earlier layer only; ${tensor} is not one.`,
    {
      hint:
        cuts.length > 0
          ? `Earlier layers: ${cuts
              .slice(-6)
              .map((one) => one.tensor)
              .join(', ')}.`
          : 'There is no earlier one.',
    },
  );
}
