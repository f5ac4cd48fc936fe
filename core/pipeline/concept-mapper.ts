import { gatedGradient } from '../attribution/gated-gradient.ts';
import type { MapMethod } from '../attribution/methods.ts';
import type { DifferentiableTargets, TargetMaps } from '../attribution/targets.ts';
import { upsampleMap } from '../attribution/upsampled-coefficients.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { Tensor } from '../tensor.ts';
import { chooseCamLayer, openConceptSources, type ConceptSources } from './concept-sources.ts';
import { DRAW_TARGETS } from './draw-targets.ts';
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

const DRAW: { readonly [Method in MapMethod]: Draw } = {
  ...DRAW_TARGETS,
  'upsampled-coefficients': coefficientMaps,
  'gated-gradient': async (sources, x, concepts) => {
    const gates = await coefficientMaps(sources, x, concepts);
    const { grid, kind } = sources.layer;
    // A layer without positions gates nothing, and has no cell to smooth by.
    const cell = kind === 'vector' ? 0 : Math.min(sources.size[0] / grid[0], sources.size[1] / grid[1]);
    return gatedGradient(sources.ofPixels(concepts, 'energy'), x, gates, cell);
  },
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
