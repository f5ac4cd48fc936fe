import { matrix, type Matrix } from '../linalg/matrix.ts';
import { encodeModel } from '../onnx/proto.ts';
import type { Model } from '../onnx/graph.ts';
import { specialiseHead, type FrontierTensor } from '../onnx/specialise.ts';
import type { Session, SessionFactory } from '../platform.ts';
import { expectFloat32, float32, sizeOf, type Tensor } from '../tensor.ts';
import { conceptActivations } from './concept-activations.ts';
import type { LayerRecord } from './explanation.ts';

/** One image made ready: all its logits as a function of how strong each concept is. */
export interface AblatedImage {
  /**
   * Shapes   factors [n, r], the rest kept, or [n, r + 1], that of the rest last; any real numbers. Returns logits
   *          [n, classes]. Ones give the model's own logits.
   */
  evaluate(factors: Matrix): Promise<Matrix>;
  /** Are the logits affine in the factors? */
  readonly isAffine: boolean;
  /** Memory that it holds. */
  readonly bytes: number;
}

/** The part of the model after the cut, with the concept bank folded in, for all classes at once. */
export interface AblationHead {
  /** Shapes   activations A [1, …] of one image in the layer's layout, coefficients U [positions, r]. */
  prepare(activations: Tensor<'float32'>, coefficients: Matrix): Promise<AblatedImage>;
  dispose(): Promise<void>;
}

/** A frontier tensor of one image: its value as the model has it, and what each concept adds to it. */
interface Folded {
  readonly tensor: FrontierTensor;
  /** G(A) [size]. */
  readonly own: Float32Array;
  /** G(u_c ⊗ W_c) - G(0) of each concept, then of the rest, [r + 1, size]. */
  readonly features: Float32Array;
}

/**
 * The head for all classes, its leading affine part G evaluated r + 2 times an image and never again: with factors f,
 * G(a(f)) = G(A) + Σ_c (f_c - 1) (G(u_c ⊗ W_c) - G(0)), the rest one more of them. What is left for a set of factors is one
 * small matrix product and the head from its first non-linearity on; where all is affine, the product alone. See
 * scaleConcepts for a(f).
 *
 * Limits   holds (r + 2) · size of the frontier an image; factors run in parts that fit `memoryBudget` bytes.
 */
export async function createAblationHead(
  head: Model,
  layer: LayerRecord,
  conceptBank: Matrix,
  { sessions, memoryBudget }: { sessions: SessionFactory; memoryBudget: number },
): Promise<AblationHead> {
  const special = specialiseHead(head, { latentDims: layer.shape, classIndex: 'all' });
  const affine = await sessions.open(encodeModel(special.affine));
  const rest = special.rest && (await sessions.open(encodeModel(special.rest)));
  const rowBytes = 4 * special.frontier.reduce((sum, { size }) => sum + size, 0);
  const rowsAtOnce = Math.max(1, Math.floor(memoryBudget / 8 / rowBytes));
  const nConcepts = conceptBank.rows;
  return {
    async prepare(activations, coefficients) {
      const parts = withOwn(conceptActivations(coefficients, conceptBank, layer), activations);
      const outputs = await affine.run({ [layer.tensor]: parts });
      const folded = special.frontier.map((tensor) => fold(tensor, outputs, nConcepts));
      return {
        evaluate: rest
          ? (factors) => throughRest(rest, folded, factors, rowsAtOnce)
          : (factors) => Promise.resolve(affineLogits(folded[0], factors)),
        isAffine: special.isAffine,
        bytes: (nConcepts + 2) * rowBytes,
      };
    },
    async dispose() {
      await affine.dispose();
      await rest?.dispose();
    },
  };
}

/** The concepts' activations, the empty one, and the image's own last. */
function withOwn(parts: Tensor<'float32'>, own: Tensor<'float32'>): Tensor<'float32'> {
  const size = sizeOf(own.dims);
  const data = new Float32Array(parts.data.length + size);
  data.set(parts.data);
  data.set(own.data, parts.data.length);
  return float32(data, [parts.dims[0] + 1, ...parts.dims.slice(1)]);
}

function fold(tensor: FrontierTensor, outputs: Readonly<Record<string, Tensor>>, nConcepts: number): Folded {
  const { data } = expectFloat32(outputs[tensor.output], tensor.output);
  const { size } = tensor;
  const empty = nConcepts * size;
  const own = data.slice(empty + size);
  const features = new Float32Array(empty + size);
  for (let i = 0; i < empty; i++) features[i] = data[i] - data[empty + (i % size)];
  // G is affine: the rest adds what the concepts do not.
  for (let k = 0; k < size; k++) {
    let rest = own[k] - data[empty + k];
    for (let at = k; at < empty; at += size) rest -= features[at];
    features[empty + k] = rest;
  }
  return { tensor, features, own };
}

function affineLogits({ own, features, tensor: { size } }: Folded, factors: Matrix): Matrix {
  const logits = matrix(factors.rows, size);
  const sums = new Float64Array(size);
  for (let row = 0; row < factors.rows; row++) {
    sums.set(own);
    for (let concept = 0; concept < factors.cols; concept++) {
      const change = factors.data[row * factors.cols + concept] - 1;
      if (change === 0) continue;
      for (let k = 0; k < size; k++) sums[k] += change * features[concept * size + k];
    }
    logits.data.set(sums, row * size);
  }
  return logits;
}

async function throughRest(
  rest: Session,
  folded: readonly Folded[],
  factors: Matrix,
  rowsAtOnce: number,
): Promise<Matrix> {
  const players = factors.cols;
  const constants = Object.fromEntries(
    folded.flatMap(({ tensor, features, own }) => [
      [tensor.features, float32(features.subarray(0, players * tensor.size), [players, tensor.size])],
      [tensor.offset, float32(own, [tensor.size])],
    ]),
  ) as Record<string, Tensor>;
  const changes = factors.data.map((factor) => factor - 1);
  const parts: Float32Array[] = [];
  for (let start = 0; start < factors.rows; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, factors.rows - start);
    const rows = changes.subarray(start * factors.cols, (start + count) * factors.cols);
    const outputs = await rest.run({ ...constants, masks: float32(rows, [count, factors.cols]) });
    parts.push(expectFloat32(outputs[rest.outputNames[0]], 'logits').data);
  }
  const logits = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    logits.set(part, offset);
    offset += part.length;
  }
  return matrix(factors.rows, logits.length / factors.rows, logits);
}
