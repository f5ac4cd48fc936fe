import type { Concept, Explanation } from '../concepts/explanation.ts';
import { parentIdOf, rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { RunTensors } from '../project/run-tensors.ts';
import type { CoefficientMap } from '../report/rgb-picture.ts';
import { drawnMap, gridMap, type MapSource } from './report-maps.ts';

/** The map of a part in an image, as it was drawn when its parent was decomposed; undefined where it was not drawn. */
export function partMapSource(parts: readonly Concept[], tensors: Pick<RunTensors, 'parts'>): MapSource {
  return (rank, image) => {
    const { id } = parts[rank];
    const maps = tensors.parts.get(parentIdOf(id) ?? '')?.maps;
    return maps && drawnMap(maps, rowOfId(id), image);
  };
}

/** Coefficients of a part on the grid of its layer in one image of the run; undefined where it was not looked for. */
export function partCoefficientMap(
  { splits = [] }: Pick<Explanation, 'splits'>,
  tensors: Pick<RunTensors, 'parts'>,
  id: string,
  image: number,
): CoefficientMap | undefined {
  const decomposition = splits.find(({ parent }) => parent === parentIdOf(id));
  const at = decomposition?.images.indexOf(image) ?? -1;
  const coefficients = tensors.parts.get(decomposition?.parent ?? '')?.coefficients[at];
  return decomposition && coefficients && gridMap(decomposition.layer, coefficients, rowOfId(id));
}
