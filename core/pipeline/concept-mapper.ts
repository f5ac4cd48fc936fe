import { createBackwardRunner, type BackwardRunner } from '../attribution/backward-runner.ts';
import { gradCam } from '../attribution/grad-cam.ts';
import { gradientInput } from '../attribution/gradient-input.ts';
import { hiresCam } from '../attribution/hires-cam.ts';
import { integratedGradients } from '../attribution/integrated-gradients.ts';
import type { MapMethod } from '../attribution/methods.ts';
import { occlusion } from '../attribution/occlusion.ts';
import { rise } from '../attribution/rise.ts';
import { saliency } from '../attribution/saliency.ts';
import { smoothGrad } from '../attribution/smooth-grad.ts';
import { sobolAttribution } from '../attribution/sobol-attribution.ts';
import { pixelsOf, type DifferentiableTargets, type TargetMaps } from '../attribution/targets.ts';
import { upsampleMap } from '../attribution/upsampled-coefficients.ts';
import { varGrad } from '../attribution/var-grad.ts';
import { vjp } from '../autodiff/vjp.ts';
import { createConceptTargets, type ConceptTargets } from '../concepts/concept-objective.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { toRows } from '../concepts/latent-rows.ts';
import { nnls } from '../factorization/nnls.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { splitModel } from '../onnx/split.ts';
import type { Tensor } from '../tensor.ts';
import { runnerFor, splitAt } from './model-parts.ts';
import type { ModelRunner } from './model-runner.ts';
import type { RunScope } from './run-context.ts';

/** Draws where concepts are in a picture, by any method, for one model and bank. */
export interface ConceptMapper {
  /** Maps of some concepts (columns of the bank) in one picture [1, …], each at the picture's resolution. */
  maps(method: MapMethod, x: Tensor<'float32'>, concepts: readonly number[]): Promise<TargetMaps>;
  /** Positions differentiated so far, and those whose active set is nearly degenerate. */
  positions(): { readonly total: number; readonly nearDegenerate: number };
  dispose(): Promise<void>;
}

type MapperScope = Pick<RunScope, 'intake' | 'workbench' | 'device'>;

/**
 * Sessions are opened when a method first needs them.
 *
 * `maps` rejects with TesseraError 'unsupported-operator' or 'not-differentiable' for gradient methods on a model
 * with an operator that has no derivative.
 */
export function openConceptMapper(
  scope: MapperScope,
  layer: LayerRecord,
  conceptBank: Matrix,
  camLayer: LayerRecord = chooseCamLayer(scope, layer),
): ConceptMapper {
  const { intake, device } = scope;
  const { name } = intake.signature.input;
  const dims = intake.inputDims.get(name)!;
  const channelAxis = intake.preprocessing.preprocessing.layout === 'NCHW' ? 1 : 3;
  const size = pixelsOf({ dims, channelAxis });
  const runners = new Map<string, ModelRunner | BackwardRunner>();
  const kept = <R extends ModelRunner | BackwardRunner>(key: string, make: () => R): R => {
    const runner = (runners.get(key) as R | undefined) ?? make();
    runners.set(key, runner);
    return runner;
  };
  const latentAt = (cut: LayerRecord) =>
    kept(`latent ${cut.tensor}`, () => runnerFor(scope, splitAt(intake, cut).latent));
  const backwardFrom = (from: string) =>
    kept(`backward ${from}`, () =>
      createBackwardRunner(
        vjp(intake.model, { from, to: layer.tensor, inputDims: intake.inputDims }),
        device.sessions,
      ),
    );
  const made: ConceptTargets[] = [];
  const remembered = (targets: ConceptTargets): ConceptTargets => {
    made.push(targets);
    return targets;
  };
  const ofPixels = (concepts: readonly number[]): DifferentiableTargets =>
    remembered(
      createConceptTargets({
        layer,
        conceptBank,
        concepts,
        dims,
        channelAxis,
        forward: (batch) => latentAt(layer).run(batch),
        backward: () => backwardFrom(name),
      }),
    );
  const ofCut = (concepts: readonly number[]): DifferentiableTargets => {
    const isOwn = camLayer.tensor === layer.tensor;
    const between = () => {
      const { head } = splitAt(intake, camLayer);
      const inner = splitModel(head, layer.tensor, new Map([[camLayer.tensor, camLayer.shape]]));
      return runnerFor(scope, inner.latent);
    };
    return remembered(
      createConceptTargets({
        layer,
        conceptBank,
        concepts,
        dims: camLayer.shape,
        channelAxis: camLayer.channelAxis,
        forward: (batch) => (isOwn ? Promise.resolve(batch) : kept('between', between).run(batch)),
        ...(!isOwn && { backward: () => backwardFrom(camLayer.tensor) }),
      }),
    );
  };
  const coefficientMaps = async (activations: Tensor<'float32'>, concepts: readonly number[]) => {
    const { coefficients } = await nnls(toRows(activations, layer), conceptBank);
    return concepts.map((concept) =>
      upsampleMap(gridOf(coefficients, concept, layer.grid), layer.grid, size),
    );
  };
  return {
    async maps(method, x, concepts) {
      switch (method) {
        case 'upsampled-coefficients':
          return coefficientMaps(await latentAt(layer).run(x), concepts);
        case 'saliency':
          return saliency(ofPixels(concepts), x);
        case 'gradient-input':
          return gradientInput(ofPixels(concepts), x);
        case 'smooth-grad':
          return smoothGrad(ofPixels(concepts), x);
        case 'var-grad':
          return varGrad(ofPixels(concepts), x);
        case 'integrated-gradients':
          return (await integratedGradients(ofPixels(concepts), x)).maps;
        case 'grad-cam':
          return gradCam(ofCut(concepts), await latentAt(camLayer).run(x), camLayer, size);
        case 'hires-cam':
          return hiresCam(ofCut(concepts), await latentAt(camLayer).run(x), camLayer, size);
        case 'occlusion':
          return occlusion(ofPixels(concepts), x);
        case 'rise':
          return rise(ofPixels(concepts), x);
        case 'sobol-attribution':
          return sobolAttribution(ofPixels(concepts), x);
      }
    },
    positions: () =>
      made.reduce(
        (sum, { positions }) => ({
          total: sum.total + positions.total,
          nearDegenerate: sum.nearDegenerate + positions.nearDegenerate,
        }),
        { total: 0, nearDegenerate: 0 },
      ),
    async dispose() {
      for (const runner of runners.values()) await runner.dispose();
      runners.clear();
    },
  };
}

/** One column of U at the cells of the grid; positions before it (class tokens) are left out. */
function gridOf(
  { rows, cols, data }: Matrix,
  concept: number,
  [height, width]: readonly [number, number],
): Float32Array {
  const first = rows - height * width;
  return Float32Array.from({ length: height * width }, (_, cell) => data[(first + cell) * cols + concept]);
}

/** The last cut before the layer whose grid is at least twice as fine; the layer itself when there is none. */
export function chooseCamLayer({ intake }: Pick<MapperScope, 'intake'>, layer: LayerRecord): LayerRecord {
  const cells = layer.grid[0] * layer.grid[1];
  const before = intake.cutPoints.slice(
    0,
    intake.cutPoints.findIndex(({ tensor }) => tensor === layer.tensor),
  );
  return before.findLast(({ kind, grid }) => kind !== 'vector' && grid[0] * grid[1] >= 4 * cells) ?? layer;
}
