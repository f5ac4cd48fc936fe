import type { Model } from './graph.ts';

/** Does a prepared model round values on their way, as quantised models do? Their slopes are then taken as 1. */
export function roundsValues({ graph }: Pick<Model, 'graph'>): boolean {
  return graph.nodes.some(({ opType }) => opType === 'QuantizeLinear');
}
