import { createBackwardRunner, type BackwardRunner } from '../../attribution/backward-runner.ts';
import { emptyPicture } from '../../attribution/empty-picture.ts';
import { MAP_METHODS } from '../../attribution/methods.ts';
import { pixelsOf, type DifferentiableTargets } from '../../attribution/targets.ts';
import { vjp } from '../../autodiff/vjp.ts';
import type { LayerRecord } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { sizeOf, type Tensor } from '../../tensor.ts';
import { DRAW_TARGETS, type TargetMethod, type TargetSources } from '../draw-targets.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import type { ModelRunner } from '../model-runner.ts';
import type { ScoredScope } from '../run-context.ts';

/** Draws where the explained score of a run comes from in a picture. Sessions open when first needed. */
export interface ScoreMapper {
  /**
   * The map [height · width] of a picture [1, …]. Rejects with 'unsupported-operator' or 'not-differentiable' where the method
   * needs a gradient that the model does not have, 'bad-usage' where it needs a layer with places and there is none.
   */
  map(method: TargetMethod, x: Tensor<'float32'>): Promise<Float32Array>;
  /** Pixels of the maps. */
  readonly size: readonly [height: number, width: number];
  dispose(): Promise<void>;
}

/** Opens a mapper of the score that a run explains. Grad-CAM and its kin look at `layer`, or the last one before it with places. */
export function openScoreMapper(scope: ScoredScope, layer: LayerRecord): ScoreMapper {
  const { intake } = scope;
  const { name } = intake.signature.input;
  const channelAxis = intake.preprocessing.preprocessing.layout === 'NCHW' ? 1 : 3;
  const dims = intake.inputDims.get(name)!;
  const camLayer = placesLayer(scope, layer);
  const whole = opened(() => runnerFor(scope, intake.model));
  const toCut = opened(() => runnerFor(scope, cutAt(intake, camLayer!).latent));
  const fromCut = opened(() => runnerFor(scope, cutAt(intake, camLayer!).head));
  const byPixels = opened(() => backwardFrom(scope, name));
  const byCut = opened(() => backwardFrom(scope, camLayer!.tensor));
  const targets = (
    shape: Pick<DifferentiableTargets, 'dims' | 'channelAxis'>,
    forward: () => ModelRunner,
    backward: () => BackwardRunner,
  ): DifferentiableTargets => scoreTargets(scope, shape, forward, backward);
  const sources = (cam: LayerRecord): TargetSources => ({
    camLayer: cam,
    size: pixelsOf({ dims, channelAxis }),
    ofPixels: () => targets({ dims, channelAxis }, whole.get, byPixels.get),
    ofCut: () => targets({ dims: cam.shape, channelAxis: cam.channelAxis }, fromCut.get, byCut.get),
    emptyOf: (x) => emptyPicture(x, { dims, channelAxis }, intake.preprocessing.preprocessing),
    activationsAtCut: (x) => toCut.get().run(x),
  });
  return {
    size: pixelsOf({ dims, channelAxis }),
    map: async (method, x) => {
      if (camLayer === undefined && MAP_METHODS[method].needs === 'cut') throw withoutPlaces(method);
      const [map] = await DRAW_TARGETS[method](sources(camLayer ?? layer), x, [0]);
      return map;
    },
    dispose: async () => {
      for (const one of [whole, toCut, fromCut, byPixels, byCut]) await one.dispose();
    },
  };
}

function backwardFrom({ intake, device }: ScoredScope, from: string): BackwardRunner {
  const to = intake.model.graph.outputs[0].name;
  return createBackwardRunner(vjp(intake.model, { from, to, inputDims: intake.inputDims }), device.sessions);
}

/** The explained score as a function of the picture or of activations. */
function scoreTargets(
  { intake }: ScoredScope,
  shape: Pick<DifferentiableTargets, 'dims' | 'channelAxis'>,
  forward: () => ModelRunner,
  backward: () => BackwardRunner,
): DifferentiableTargets {
  const { column } = intake.score;
  const values = async (batch: Tensor<'float32'>): Promise<Float64Array> => {
    const rows = await forward().run(batch);
    const width = sizeOf(rows.dims.slice(1));
    return Float64Array.from({ length: batch.dims[0] }, (_, row) => rows.data[row * width + column]);
  };
  return {
    count: 1,
    ...shape,
    values,
    gradients: async (x) => {
      const cotangent = new Float32Array(sizeOf((await forward().run(x)).dims.slice(1)));
      cotangent[column] = 1;
      return { values: await values(x), gradients: await backward().run(x, cotangent) };
    },
  };
}

/** The layer itself where it has places, else the last cut before it that has. */
function placesLayer({ intake: { cutPoints } }: ScoredScope, layer: LayerRecord): LayerRecord | undefined {
  const hasPlaces = ({ kind, grid }: LayerRecord): boolean => kind !== 'vector' && grid[0] * grid[1] > 1;
  if (hasPlaces(layer)) return layer;
  const own = cutPoints.findIndex(({ tensor }) => tensor === layer.tensor);
  return cutPoints.slice(0, Math.max(0, own)).findLast(hasPlaces);
}

function withoutPlaces(method: TargetMethod): TesseraError {
  return new TesseraError(
    'bad-usage',
    `${MAP_METHODS[method].title} needs a layer with places, and the model has none before the layer of the run.`,
    { hint: 'Take another condition, such as occlusion.' },
  );
}

interface Disposable {
  dispose(): Promise<void>;
}

/** Made when first asked for. */
function opened<T extends Disposable>(make: () => T) {
  let kept: T | undefined;
  return { get: (): T => (kept ??= make()), dispose: async (): Promise<void> => kept?.dispose() };
}
