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
import { varGrad } from '../attribution/var-grad.ts';
import type { ConceptObjective } from '../concepts/concept-objective.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import type { Tensor } from '../tensor.ts';

/** A method that shows any number a picture, not only a concept's amount. */
export type TargetMethod = Exclude<MapMethod, 'upsampled-coefficients' | 'gated-gradient'>;

/** What the methods ask of numbers a picture, by their index. */
export interface TargetSources {
  /** The cut at which Grad-CAM and its kin look. */
  readonly camLayer: LayerRecord;
  /** Pixels of the maps. */
  readonly size: readonly [height: number, width: number];
  /** The numbers as functions of the picture, and of the activations at `camLayer`. */
  ofPixels(wanted: readonly number[], objective?: ConceptObjective): DifferentiableTargets;
  ofCut(wanted: readonly number[]): DifferentiableTargets;
  /** The picture [1, …] without anything in it. */
  emptyOf(x: Tensor<'float32'>): Float32Array;
  /** Activations at `camLayer` of a picture [1, …]. */
  activationsAtCut(x: Tensor<'float32'>): Promise<Tensor<'float32'>>;
}

type Draw = (sources: TargetSources, x: Tensor<'float32'>, wanted: readonly number[]) => Promise<TargetMaps>;

/**
 * Every method at its defaults, [height · width] for each wanted number in a picture [1, …]. Those that show how sensitive a
 * concept is weigh the positions by its strength; those that share its strength out among the pixels need the plain sum, to
 * which their maps add up.
 */
export const DRAW_TARGETS: { readonly [Method in TargetMethod]: Draw } = {
  saliency: (sources, x, wanted) => saliency(sources.ofPixels(wanted, 'energy'), x),
  'gradient-input': (sources, x, wanted) => gradientInput(sources.ofPixels(wanted), x, sources.emptyOf(x)),
  'smooth-grad': (sources, x, wanted) => smoothGrad(sources.ofPixels(wanted, 'energy'), x),
  'var-grad': (sources, x, wanted) => varGrad(sources.ofPixels(wanted, 'energy'), x),
  'integrated-gradients': async (sources, x, wanted) =>
    (await integratedGradients(sources.ofPixels(wanted), x, { baseline: sources.emptyOf(x) })).maps,
  'grad-cam': async (sources, x, wanted) =>
    gradCam(sources.ofCut(wanted), await sources.activationsAtCut(x), sources.camLayer, sources.size),
  'hires-cam': async (sources, x, wanted) =>
    hiresCam(sources.ofCut(wanted), await sources.activationsAtCut(x), sources.camLayer, sources.size),
  occlusion: (sources, x, wanted) => occlusion(sources.ofPixels(wanted), x, { baseline: sources.emptyOf(x) }),
  rise: (sources, x, wanted) => rise(sources.ofPixels(wanted), x, { baseline: sources.emptyOf(x) }),
  'sobol-attribution': (sources, x, wanted) =>
    sobolAttribution(sources.ofPixels(wanted), x, { baseline: sources.emptyOf(x) }),
};
