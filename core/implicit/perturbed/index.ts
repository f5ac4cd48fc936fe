/** Perturbed optimisers: discrete functions made smooth by noise. */
export { oneHotArgmax, ranks, topKIndicator } from './discrete.ts';
export type { Noise, NoiseName } from './noise.ts';
export { perturbedArgmax, perturbedFunction, perturbedMax } from './perturbed.ts';
export type { Perturbed } from './perturbed.ts';
export type { PerturbedOptions } from './smoothing.ts';
