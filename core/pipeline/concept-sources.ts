import { createBackwardRunner, type BackwardRunner } from '../attribution/backward-runner.ts';
import { emptyPicture } from '../attribution/empty-picture.ts';
import type { MethodNeed } from '../attribution/methods.ts';
import { pixelsOf, type DifferentiableTargets } from '../attribution/targets.ts';
import { vjp } from '../autodiff/vjp.ts';
import {
  createConceptTargets,
  type ConceptObjective,
  type ConceptTargets,
  type ConceptTargetsOptions,
} from '../concepts/concept-objective.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { toRows } from '../concepts/latent-rows.ts';
import { withAmounts } from '../concepts/merged-concepts.ts';
import { codesOf } from '../factorization/sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { cutModel } from '../onnx/cut-model.ts';
import type { Tensor } from '../tensor.ts';
import type { ModelIntake } from './model-intake.ts';
import { runnerFor, cutAt } from './model-parts.ts';
import type { ModelRunner } from './model-runner.ts';
import type { ModelScope } from './run-context.ts';

/** Positions differentiated, and those of them whose active set is nearly degenerate. */
export interface DifferentiatedPositions {
  readonly total: number;
  readonly nearDegenerate: number;
}

/** What the methods ask of one model, layer and bank. Sessions open when first needed. */
export interface ConceptSources {
  readonly layer: LayerRecord;
  /** The finer cut at which Grad-CAM and its kin look. */
  readonly camLayer: LayerRecord;
  /** Pixels of the maps. */
  readonly size: readonly [height: number, width: number];
  /** r, rows of the bank. */
  readonly nConcepts: number;
  /** Concepts as functions of the picture, and of the activations at `camLayer`. `objective` is a sum unless given. */
  ofPixels(concepts: readonly number[], objective?: ConceptObjective): DifferentiableTargets;
  ofCut(concepts: readonly number[]): DifferentiableTargets;
  /** The picture [1, …] without anything in it. */
  emptyOf(x: Tensor<'float32'>): Float32Array;
  /** Activations at `camLayer` of a picture [1, …]. */
  activationsAtCut(x: Tensor<'float32'>): Promise<Tensor<'float32'>>;
  /** U(x) [positions, r + groups] of a picture [1, …]: amounts of merged concepts come last. */
  coefficients(x: Tensor<'float32'>): Promise<Matrix>;
  /** Builds the backward graph that a need has, so that a model without one is refused before anything runs. */
  requireGradients(need: MethodNeed): void;
  /** Of all targets so far. */
  positions(): DifferentiatedPositions;
  dispose(): Promise<void>;
}

/**
 * Opens the sources; `groups` are columns of the bank that are one concept each, asked for as r, r + 1, …. Their gradients reject with TesseraError 'unsupported-operator' or 'not-differentiable' for a
 * model with an operator that has no derivative; their values do not.
 */
export function openConceptSources(
  scope: ModelScope,
  layer: LayerRecord,
  conceptBank: CodedBank,
  camLayer: LayerRecord,
  groups: readonly (readonly number[])[] = [],
): ConceptSources {
  const { intake, device } = scope;
  const { name } = intake.signature.input;
  const dims = intake.inputDims.get(name)!;
  const channelAxis = intake.preprocessing.preprocessing.layout === 'NCHW' ? 1 : 3;
  const runners = keptRunners();
  const latentAt = (cut: LayerRecord): ModelRunner =>
    runners.get(`to ${cut.tensor}`, () => runnerFor(scope, cutAt(intake, cut).latent));
  const fromCut = (): ModelRunner => runners.get('from cut', () => runnerBetween(scope, camLayer, layer));
  const backward = (from: string) => (): BackwardRunner =>
    runners.get(`back to ${from}`, () =>
      createBackwardRunner(
        vjp(intake.model, { from, to: layer.tensor, inputDims: intake.inputDims }),
        device.sessions,
      ),
    );
  const made: ConceptTargets[] = [];
  const targets = (
    concepts: readonly number[],
    source: Omit<ConceptTargetsOptions, 'layer' | 'conceptBank' | 'concepts' | 'groups'>,
  ): ConceptTargets => {
    const created = createConceptTargets({ layer, conceptBank, concepts, groups, ...source });
    made.push(created);
    return created;
  };
  const isOwn = camLayer.tensor === layer.tensor;

  return {
    layer,
    camLayer,
    size: pixelsOf({ dims, channelAxis }),
    nConcepts: conceptBank.rows,
    ofPixels: (concepts, objective = 'sum') =>
      targets(concepts, {
        objective,
        dims,
        channelAxis,
        forward: (batch) => latentAt(layer).run(batch),
        backward: backward(name),
      }),
    ofCut: (concepts) =>
      targets(concepts, {
        dims: camLayer.shape,
        channelAxis: camLayer.channelAxis,
        forward: (batch) => (isOwn ? Promise.resolve(batch) : fromCut().run(batch)),
        ...(!isOwn && { backward: backward(camLayer.tensor) }),
      }),
    emptyOf: (x) => emptyPicture(x, { dims, channelAxis }, intake.preprocessing.preprocessing),
    activationsAtCut: (x) => latentAt(camLayer).run(x),
    coefficients: async (x) => {
      const found = await codesOf(toRows(await latentAt(layer).run(x), layer), conceptBank);
      return withAmounts(found.coefficients, conceptBank, groups);
    },
    requireGradients: (need) => {
      if (need === 'gradients') backward(name)();
      if (need === 'cut' && !isOwn) backward(camLayer.tensor)();
    },
    positions: () =>
      made.reduce(
        (sum, { positions }) => ({
          total: sum.total + positions.total,
          nearDegenerate: sum.nearDegenerate + positions.nearDegenerate,
        }),
        { total: 0, nearDegenerate: 0 },
      ),
    dispose: () => runners.dispose(),
  };
}

/** The part of the model between two cuts; opens no session before its first run. */
export function runnerBetween(scope: ModelScope, from: LayerRecord, to: LayerRecord): ModelRunner {
  const { head } = cutAt(scope.intake, from);
  return runnerFor(scope, cutModel(head, to.tensor, new Map([[from.tensor, from.shape]])).latent);
}

/** Runners by name, each made once. */
function keptRunners() {
  const kept = new Map<string, ModelRunner | BackwardRunner>();
  return {
    get<R extends ModelRunner | BackwardRunner>(name: string, make: () => R): R {
      const runner = (kept.get(name) as R | undefined) ?? make();
      kept.set(name, runner);
      return runner;
    },
    async dispose(): Promise<void> {
      for (const runner of kept.values()) await runner.dispose();
      kept.clear();
    },
  };
}

/** The last cut before the layer whose grid is at least twice as fine; the layer itself when there is none. */
export function chooseCamLayer(
  { cutPoints }: Pick<ModelIntake, 'cutPoints'>,
  layer: LayerRecord,
): LayerRecord {
  const cells = layer.grid[0] * layer.grid[1];
  const own = cutPoints.findIndex(({ tensor }) => tensor === layer.tensor);
  const finer = cutPoints
    .slice(0, own)
    .findLast(({ kind, grid }) => kind !== 'vector' && grid[0] * grid[1] >= 4 * cells);
  return finer ?? layer;
}
