import { gatedGradient } from '../attribution/gated-gradient.ts';
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
import type { DifferentiableTargets, TargetMaps } from '../attribution/targets.ts';
import { upsampleMap } from '../attribution/upsampled-coefficients.ts';
import { varGrad } from '../attribution/var-grad.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { Tensor } from '../tensor.ts';
import { chooseCamLayer, openConceptSources, type ConceptSources } from './concept-sources.ts';
import type { ModelScope } from './run-context.ts';

/** Draws where concepts are in a picture, by any method, for one model and bank. */
export interface ConceptMapper {
  /**
   * Maps of some concepts (columns of the bank; r and on: the merged ones that it was opened with) in one picture
   * [1, …], each [height · width] of the picture.
   * Rejects with TesseraError 'unsupported-operator' or 'not-differentiable' where a method needs a gradient that
   * the model does not have, and with the signal's reason between two passes through the model once it is aborted.
   */
  maps(
    method: MapMethod,
    x: Tensor<'float32'>,
    concepts: readonly number[],
    signal?: AbortSignal,
  ): Promise<TargetMaps>;
  readonly sources: ConceptSources;
  dispose(): Promise<void>;
}

type Draw = (
  sources: ConceptSources,
  x: Tensor<'float32'>,
  concepts: readonly number[],
) => Promise<TargetMaps>;

const coefficientMaps: Draw = async (sources, x, concepts) => {
  const coefficients = await sources.coefficients(x);
  const { grid } = sources.layer;
  return concepts.map((concept) => upsampleMap(onGrid(coefficients, concept, grid), grid, sources.size));
};

/**
 * Every method at its defaults. Those that show how sensitive a concept is weigh the positions by its strength; those
 * that share its strength out among the pixels need the plain sum, to which their maps add up.
 */
const DRAW: { readonly [Method in MapMethod]: Draw } = {
  'upsampled-coefficients': coefficientMaps,
  'gated-gradient': async (sources, x, concepts) => {
    const gates = await coefficientMaps(sources, x, concepts);
    const { grid, kind } = sources.layer;
    // A layer without positions gates nothing, and has no cell to smooth by.
    const cell = kind === 'vector' ? 0 : Math.min(sources.size[0] / grid[0], sources.size[1] / grid[1]);
    return gatedGradient(sources.ofPixels(concepts, 'energy'), x, gates, cell);
  },
  saliency: (sources, x, concepts) => saliency(sources.ofPixels(concepts, 'energy'), x),
  'gradient-input': (sources, x, concepts) =>
    gradientInput(sources.ofPixels(concepts), x, sources.emptyOf(x)),
  'smooth-grad': (sources, x, concepts) => smoothGrad(sources.ofPixels(concepts, 'energy'), x),
  'var-grad': (sources, x, concepts) => varGrad(sources.ofPixels(concepts, 'energy'), x),
  'integrated-gradients': async (sources, x, concepts) =>
    (await integratedGradients(sources.ofPixels(concepts), x, { baseline: sources.emptyOf(x) })).maps,
  'grad-cam': async (sources, x, concepts) =>
    gradCam(sources.ofCut(concepts), await sources.activationsAtCut(x), sources.camLayer, sources.size),
  'hires-cam': async (sources, x, concepts) =>
    hiresCam(sources.ofCut(concepts), await sources.activationsAtCut(x), sources.camLayer, sources.size),
  occlusion: (sources, x, concepts) =>
    occlusion(sources.ofPixels(concepts), x, { baseline: sources.emptyOf(x) }),
  rise: (sources, x, concepts) => rise(sources.ofPixels(concepts), x, { baseline: sources.emptyOf(x) }),
  'sobol-attribution': (sources, x, concepts) =>
    sobolAttribution(sources.ofPixels(concepts), x, { baseline: sources.emptyOf(x) }),
};

/**
 * Opens a mapper; sessions open when a method first needs them. `groups`: columns of the bank that are one concept each.
 */
export function openConceptMapper(
  scope: ModelScope,
  layer: LayerRecord,
  conceptBank: CodedBank,
  camLayer: LayerRecord = chooseCamLayer(scope.intake, layer),
  groups: readonly (readonly number[])[] = [],
): ConceptMapper {
  const sources = openConceptSources(scope, layer, conceptBank, camLayer, groups);
  return {
    sources,
    maps: (method, x, concepts, signal) =>
      DRAW[method](signal === undefined ? sources : stoppedBy(sources, signal), x, concepts),
    dispose: () => sources.dispose(),
  };
}

/** The same sources until the signal is aborted: a method may ask them hundreds of times. */
function stoppedBy(sources: ConceptSources, signal: AbortSignal): ConceptSources {
  const stopped = (targets: DifferentiableTargets): DifferentiableTargets => ({
    ...targets,
    async values(batch) {
      signal.throwIfAborted();
      return targets.values(batch);
    },
    async gradients(x) {
      signal.throwIfAborted();
      return targets.gradients(x);
    },
  });
  return {
    ...sources,
    ofPixels: (...asked) => stopped(sources.ofPixels(...asked)),
    ofCut: (...asked) => stopped(sources.ofCut(...asked)),
  };
}

/** One column of U at the cells of the grid; positions before it (class tokens) are left out. */
function onGrid(
  { rows, cols, data }: Matrix,
  concept: number,
  [height, width]: readonly [number, number],
): Float32Array {
  const first = rows - height * width;
  return Float32Array.from({ length: height * width }, (_, cell) => data[(first + cell) * cols + concept]);
}
