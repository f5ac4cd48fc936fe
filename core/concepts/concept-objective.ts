import type { BackwardRunner } from '../attribution/backward-runner.ts';
import type { DifferentiableTargets } from '../attribution/targets.ts';
import { nnlsDerivative } from '../factorization/nnls-derivative.ts';
import { codesOf } from '../factorization/sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { fromRows, positionsOf, toRows } from './latent-rows.ts';
import { gramOf, gramTimes, withAmounts } from './merged-concepts.ts';

/**
 * What of a concept's coefficients u_c(x) over the positions of a layer makes the one number s_c(x): their sum or mean,
 * one of them, or `energy`, ½ Σ u_c², whose gradient weighs each position by how strong the concept is there.
 *
 * The gradient of a sum asks every position alike, also those where the concept hardly is: on the demo, 0.41 of its
 * map's mass lay inside the painted part against 0.48 by `energy`.
 */
export type ConceptObjective = 'sum' | 'mean' | 'energy' | { readonly position: number };

/** Concepts as functions of an input, and the sub-model that leads from it to their layer. */
export interface ConceptTargetsOptions {
  /** Where the concepts live. */
  readonly layer: LayerRecord;
  /** W [r, p]. */
  readonly conceptBank: CodedBank;
  /** Columns of the bank that are asked for; r and on: the merged ones of `groups`. */
  readonly concepts: readonly number[];
  /** Columns of the bank that are one concept each, whose amount takes the place of u_c. @default none */
  readonly groups?: readonly (readonly number[])[];
  /** @default 'sum' */
  readonly objective?: ConceptObjective;
  /** The tensor that the targets are functions of: batch 1, and where its channels are. */
  readonly dims: readonly number[];
  readonly channelAxis: number;
  /** From that tensor to the layer's activations [n, …]. */
  readonly forward: (batch: Tensor<'float32'>) => Promise<Tensor<'float32'>>;
  /** Gives the gradients of the same when they are first asked for; absent where the layer itself is the tensor. */
  readonly backward?: () => BackwardRunner;
}

/** Concepts as targets, and how sure their gradients are. */
export interface ConceptTargets extends DifferentiableTargets {
  /** Positions differentiated so far, and those of them whose active set is nearly degenerate. */
  readonly positions: { readonly total: number; readonly nearDegenerate: number };
}

/**
 * How strong concepts are in a picture, s_c(x), as differentiable targets: the cotangent of the coefficients goes
 * through the NNLS solution in closed form, then through the model by its backward graph.
 *
 * Source  CRAFT (Fel et al. 2023), section 3.3: implicit differentiation of the factorisation.
 */
export function createConceptTargets(options: ConceptTargetsOptions): ConceptTargets {
  const { layer, conceptBank, concepts, groups = [], objective = 'sum' } = options;
  const { dims, channelAxis, forward, backward } = options;
  const positions = positionsOf(layer);
  const isEnergy = objective === 'energy';
  const weights = weightsOf(objective, positions);
  const seen = { total: 0, nearDegenerate: 0 };
  const valuesOf = (coefficients: Matrix): Float64Array => {
    const { data, cols: r } = withAmounts(coefficients, conceptBank, groups);
    const images = data.length / (r * positions);
    return Float64Array.from({ length: images * concepts.length }, (_, at) => {
      const image = Math.floor(at / concepts.length);
      const concept = concepts[at % concepts.length];
      return weights.reduce((sum, weight, row) => {
        const u = data[(image * positions + row) * r + concept];
        return sum + weight * (isEnergy ? u ** 2 / 2 : u);
      }, 0);
    });
  };
  return {
    count: concepts.length,
    dims,
    channelAxis,
    positions: seen,
    async values(batch) {
      const { coefficients } = await codesOf(toRows(await forward(batch), layer), conceptBank);
      return valuesOf(coefficients);
    },
    async gradients(x) {
      const rows = toRows(await forward(x), layer);
      const { coefficients, support } = await codesOf(rows, conceptBank);
      const derivative = nnlsDerivative(rows, conceptBank, support);
      seen.total += positions;
      seen.nearDegenerate += derivative.nearDegenerateCount;
      const cotangents = derivative.vjp(slopesOf(options, weights, coefficients));
      const stacked = matrix(concepts.length * positions, rows.cols, Float32Array.from(cotangents));
      const { data } = fromRows(stacked, layer);
      return {
        values: valuesOf(coefficients),
        gradients: backward ? await backward().run(x, data) : data,
      };
    },
  };
}

/** Weight of every position in s_c. */
function weightsOf(objective: ConceptObjective, positions: number): Float64Array {
  if (objective === 'sum' || objective === 'energy') return new Float64Array(positions).fill(1);
  if (objective === 'mean') return new Float64Array(positions).fill(1 / positions);
  const weights = new Float64Array(positions);
  weights[objective.position] = 1;
  return weights;
}

/**
 * ∂s_c/∂U for each concept asked for, [K, positions, r]: the weights, times u_c itself where its square counts. Of merged
 * ones, with G the inner products of their directions: G u where the square counts, else G u over the amount.
 */
function slopesOf(
  { concepts, groups = [], conceptBank, objective }: ConceptTargetsOptions,
  weights: Float64Array,
  { data }: Matrix,
): Float64Array {
  const r = conceptBank.rows;
  const size = weights.length * r;
  const cotangents = new Float64Array(concepts.length * size);
  concepts.forEach((concept, k) => {
    const columns = concept < r ? [concept] : groups[concept - r];
    const gram = concept < r ? Float64Array.of(1) : gramOf(conceptBank, columns);
    weights.forEach((weight, row) => {
      const values = columns.map((column) => data[row * r + column]);
      const slopes = columns.length === 1 && objective !== 'energy' ? [1] : gramTimes(gram, values);
      const amount = Math.sqrt(values.reduce((sum, value, i) => sum + value * slopes[i], 0));
      // Where there is nothing of it, none of its concepts is in the active set, and no slope counts.
      const scale =
        columns.length === 1 || objective === 'energy' ? weight : amount > 0 ? weight / amount : 0;
      columns.forEach((column, i) => (cotangents[k * size + row * r + column] = scale * slopes[i]));
    });
  });
  return cotangents;
}
