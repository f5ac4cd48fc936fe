import { createBackwardRunner } from '../../attribution/backward-runner.ts';
import { vjp } from '../../autodiff/vjp.ts';
import type { LayerRecord } from '../../concepts/explanation.ts';
import { channelsOf, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import type { ContributionRule } from '../../editing/contribution-graph.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import { timesTransposed } from '../../linalg/plain-gemm.ts';
import { withSingleClass } from '../../onnx/class-slice.ts';
import { multiplicationsOf } from '../../onnx/compute-cost.ts';
import { foldConstants } from '../../onnx/constant-folding.ts';
import type { Model } from '../../onnx/graph.ts';
import { inferShapes } from '../../onnx/shapes.ts';
import { specialiseHead } from '../../onnx/specialise.ts';
import { withBatch, type InputDims } from '../../onnx/two-batches.ts';
import type { SessionFactory } from '../../platform.ts';
import { float32, sizeOf } from '../../tensor.ts';

/** Share of the model's multiplications that the removals may add. */
const MOST_COST = 0.08;
/** A value that is written and read for each concept costs as much as so many multiplications: measured, 85 on SqueezeNet. */
const MOVE = 85;

/** How contributions are computed, or why they are left out. */
export type ContributionChoice =
  | { readonly rule: ContributionRule; readonly cost: number }
  | { readonly rule: undefined; readonly cost: number; readonly reason: string };

/** The model and its head at the run's cut. */
export interface ScoreHead {
  readonly model: Model;
  readonly inputDims: InputDims;
  readonly head: Model;
  readonly hasFreeBatch: boolean;
  readonly layer: LayerRecord;
  readonly classIndex: number;
}

/**
 * Contributions of a bank's concepts as a graph can compute them: from constant slopes where the head is affine, else by
 * taking out one concept after another, where that adds at most {@link MOST_COST} of the model's multiplications (`cost`) or
 * is asked for with `always`.
 */
export async function chooseContributions(
  given: ScoreHead,
  bank: Matrix,
  sessions: SessionFactory,
  { always = false }: { readonly always?: boolean } = {},
): Promise<ContributionChoice> {
  const { head, layer, classIndex, hasFreeBatch } = given;
  const { isAffine } = specialiseHead(head, { latentDims: layer.shape, classIndex });
  if (isAffine) return { rule: { kind: 'linear', slopes: await slopesOf(given, bank, sessions) }, cost: 0 };
  const dims = new Map([[layer.tensor, layer.shape]]);
  const folded = foldConstants(head, dims);
  const single = withSingleClass(folded, inferShapes(folded, dims), classIndex);
  const cost = costOf(given, single, bank.rows);
  const percent = `${Math.round(100 * cost)} %`;
  if (!hasFreeBatch)
    return {
      ...{ rule: undefined, cost },
      reason:
        'the model takes a fixed number of pictures at once, and its score is not linear in the concepts',
    };
  if (cost > MOST_COST && !always)
    return {
      ...{ rule: undefined, cost },
      reason: `the score is not linear in the concepts here, and taking out each in turn adds about ${percent} to the model's work`,
    };
  return { rule: { kind: 'removal', head: single }, cost };
}

function costOf({ model, inputDims, layer }: ScoreHead, single: Model, r: number): number {
  const whole = multiplications(model, withBatch(inputDims, 1));
  const once = multiplications(single, new Map([[layer.tensor, layer.shape]]));
  return ((r + 1) * once + MOVE * r * positionsOf(layer) * channelsOf(layer)) / Math.max(1, whole);
}

function multiplications(model: Model, dims: InputDims): number {
  const shapes = inferShapes(model, dims);
  return model.graph.nodes.reduce((sum, node) => sum + multiplicationsOf(node, shapes), 0);
}

/** How an affine score rises with an amount of each concept at each position, [positions, r]. */
async function slopesOf(
  { head, layer, classIndex }: ScoreHead,
  bank: Matrix,
  sessions: SessionFactory,
): Promise<Matrix> {
  const inputDims = new Map([[layer.tensor, layer.shape]]);
  const backward = vjp(head, { from: layer.tensor, to: head.graph.outputs[0].name, inputDims });
  const runner = createBackwardRunner(backward, sessions);
  try {
    const cotangent = new Float32Array(sizeOf(backward.aDims));
    cotangent[classIndex] = 1;
    const nowhere = float32(new Float32Array(sizeOf(layer.shape)), layer.shape);
    const gradient = await runner.run(nowhere, cotangent);
    return timesTransposed(toRows(float32(gradient, layer.shape), layer), bank);
  } finally {
    await runner.dispose();
  }
}
