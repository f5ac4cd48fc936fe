import type { Concept, Explanation } from '../concepts/explanation.ts';
import { parentIdOf, rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { CoefficientMap } from '../report/rgb-picture.ts';
import type { Tensor } from '../tensor.ts';
import type { MapSource } from './report-maps.ts';
import { splitTensorName } from './split-parent.ts';

/** The map of a part in an image, as it was drawn when its parent was split; undefined where it was not drawn. */
export function partMapSource(
  { splits = [] }: Explanation,
  parts: readonly Concept[],
  tensors: ReadonlyMap<string, Tensor>,
): MapSource {
  return (rank, image) => {
    const { id } = parts[rank];
    const parent = parentIdOf(id)!;
    const maps = tensors.get(splitTensorName(parent, 'maps')) as Tensor<'float32'> | undefined;
    const places = tensors.get(splitTensorName(parent, 'maps.places')) as Tensor<'int32'> | undefined;
    if (maps === undefined || places === undefined) return undefined;
    const [count, height, width] = maps.dims;
    const at = Array.from({ length: count }, (_, i) => i).find(
      (i) => places.data[2 * i] === rowOfId(id) && places.data[2 * i + 1] === image,
    );
    if (at === undefined || !splits.some((split) => split.parent === parent)) return undefined;
    const size = height * width;
    return { values: maps.data.slice(at * size, (at + 1) * size), grid: [height, width] };
  };
}

/** Coefficients of a part on the grid of its layer in one image of the run; undefined where it was not looked for. */
export function partCoefficientMap(
  { splits = [] }: Explanation,
  tensors: ReadonlyMap<string, Tensor>,
  id: string,
  image: number,
): CoefficientMap | undefined {
  const parent = parentIdOf(id);
  const split = splits.find((one) => one.parent === parent);
  const at = split?.images.indexOf(image) ?? -1;
  if (split === undefined || at < 0) return undefined;
  const [rows, columns] = split.layer.grid;
  const { data, dims } = tensors.get(splitTensorName(split.parent, 'coefficients')) as Tensor<'float32'>;
  const [, positions, k] = dims;
  const first = positions - rows * columns;
  if (split.layer.kind === 'vector' || rows * columns === 1) return undefined;
  const values = Float32Array.from(
    { length: rows * columns },
    (_, cell) => data[(at * positions + first + cell) * k + rowOfId(id)],
  );
  return { values, grid: [rows, columns] };
}
