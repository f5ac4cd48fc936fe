import { matrix, type Matrix } from '../linalg/matrix.ts';
import { timesTransposed } from '../linalg/plain-gemm.ts';
import type { Model } from '../onnx/graph.ts';
import { encodeModel } from '../onnx/proto.ts';
import { specialiseHead, type FrontierTensor } from '../onnx/specialise.ts';
import type { Session, SessionFactory } from '../platform.ts';
import { expectFloat32, float32, type Tensor } from '../tensor.ts';
import { conceptActivations } from './concept-activations.ts';
import type { LayerRecord } from './explanation.ts';
import type { MaskedHeadWithRest, MaskedLogit } from './masked-head.ts';

/** A frontier tensor of one image: what each concept adds to it, and its value without any concept. */
interface FoldedFrontier {
  readonly tensor: FrontierTensor;
  /** [r, size]. */
  readonly features: Float32Array;
  /** [size]. */
  readonly offset: Float32Array;
}

/**
 * The head for one class, with its leading affine part evaluated once a concept and image instead of once a mask.
 *
 * Masked activations Σ_c m_c (u_c ⊗ W_c) are linear in m, so that everything up to the first non-linearity follows
 * from r + 1 evaluations (r + 2 with the rest), and all masks of a design are then one matrix product. Same numbers as
 * the plain head up to rounding; where the whole head is affine the slopes are exact and no sampling is needed.
 *
 * Limits   masks are run in parts whose frontier tensors fit `memoryBudget` bytes.
 */
export async function createSpecialisedMaskedHead(
  head: Model,
  layer: LayerRecord,
  conceptBank: Matrix,
  classIndex: number,
  { sessions, memoryBudget }: { sessions: SessionFactory; memoryBudget: number },
): Promise<MaskedHeadWithRest> {
  const special = specialiseHead(head, { latentDims: layer.shape, classIndex });
  const affine = await sessions.open(encodeModel(special.affine));
  const rest = special.rest && (await sessions.open(encodeModel(special.rest)));
  const rowBytes = 4 * special.frontier.reduce((sum, { size }) => sum + size, 0);
  const rowsAtOnce = Math.max(1, Math.floor(memoryBudget / 8 / rowBytes));
  const prepare = async (coefficients: Matrix, own?: Tensor<'float32'>): Promise<MaskedLogit> => {
    const activations = conceptActivations(coefficients, conceptBank, layer, own);
    const players = activations.dims[0] - 1;
    const outputs = await affine.run({ [layer.tensor]: activations });
    const folded = special.frontier.map((tensor) => fold(tensor, outputs, players));
    return rest ? sampledLogit(rest, folded, rowsAtOnce) : affineLogit(folded[0]);
  };
  return {
    prepare: (coefficients) => prepare(coefficients),
    prepareWithRest: prepare,
    async dispose() {
      await affine.dispose();
      await rest?.dispose();
    },
  };
}

/** features_c = G(a_c) - G(0), offset = G(0); the last of the rows, one a player and one more, is the empty activation. */
function fold(
  tensor: FrontierTensor,
  outputs: Readonly<Record<string, Tensor>>,
  players: number,
): FoldedFrontier {
  const { data } = expectFloat32(outputs[tensor.output], tensor.output);
  const offset = data.slice(players * tensor.size);
  const features = data.slice(0, players * tensor.size);
  for (let i = 0; i < features.length; i++) features[i] -= offset[i % tensor.size];
  return { tensor, features, offset };
}

function affineLogit({ features, offset }: FoldedFrontier): MaskedLogit {
  const slopes = matrix(1, features.length, features);
  return {
    slopes: Float64Array.from(features),
    evaluate: (masks) =>
      Promise.resolve(Float64Array.from(timesTransposed(masks, slopes).data, (value) => value + offset[0])),
  };
}

function sampledLogit(rest: Session, folded: readonly FoldedFrontier[], rowsAtOnce: number): MaskedLogit {
  return {
    async evaluate(masks) {
      const constants = Object.fromEntries(
        folded.flatMap(({ tensor, features, offset }) => [
          [tensor.features, float32(features, [features.length / tensor.size, tensor.size])],
          [tensor.offset, float32(offset, [tensor.size])],
        ]),
      ) as Record<string, Tensor>;
      const logits = new Float64Array(masks.rows);
      for (let start = 0; start < masks.rows; start += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, masks.rows - start);
        const rows = masks.data.subarray(start * masks.cols, (start + count) * masks.cols);
        const outputs = await rest.run({ ...constants, masks: float32(rows, [count, masks.cols]) });
        logits.set(expectFloat32(outputs[rest.outputNames[0]], 'logit').data, start);
      }
      return logits;
    },
  };
}
