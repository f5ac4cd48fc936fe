import type { Explanation, LayerRecord } from '../concepts/explanation.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { DrawnMaps, RunTensors } from '../project/run-tensors.ts';
import type { CoefficientMap } from '../report/rgb-picture.ts';

/** The map of the concept at a rank in the image at an index, if there is one. */
export type MapSource = (rank: number, image: number) => CoefficientMap | undefined;

/** Share of a concept's map values that lie under the bright end of its scale: single pixels must not set it. */
const SCALE_SHARE = 0.995;

/** Where the maps of a run come from, one source a method, the method that is shown first at the head. */
export function mapSources(
  explanation: Explanation,
  { coefficients, maps }: Pick<RunTensors, 'coefficients' | 'maps'>,
): [MapSource, ...MapSource[]] {
  const ofCoefficients: MapSource = (rank, image) => coefficientMap(explanation, coefficients[image], rank);
  const [first = ofCoefficients, ...further] = (explanation.maps ?? []).map(({ method }) => {
    const drawn = maps.get(method);
    return drawn ? drawnMaps(explanation, drawn) : ofCoefficients;
  });
  return [first, ...further];
}

/** Maps as they were drawn, cut off at the bright end of their concept's scale. */
function drawnMaps(explanation: Explanation, { size, places, maps }: DrawnMaps): MapSource {
  const maxima = new Map<number, number>();
  const maximumOf = (column: number): number => {
    const known = maxima.get(column) ?? highQuantile(maps.filter((_, i) => places[i].concept === column));
    maxima.set(column, known);
    return known;
  };
  return (rank, image) => {
    const column = rowOfId(explanation.concepts[rank].id);
    const map = drawnMap({ size, places, maps }, column, image);
    if (map === undefined) return undefined;
    const most = maximumOf(column);
    return { ...map, values: map.values.map((value) => Math.min(value, most)) };
  };
}

/** The map of a concept (row of its bank) in an image of the run; undefined where it was not drawn. */
export function drawnMap(
  { size, places, maps }: DrawnMaps,
  concept: number,
  image: number,
): CoefficientMap | undefined {
  const at = places.findIndex((place) => place.concept === concept && place.image === image);
  return at < 0 ? undefined : { values: maps[at], grid: size };
}

function highQuantile(maps: readonly Float32Array[]): number {
  const length = maps.reduce((sum, map) => sum + map.length, 0);
  const sorted = new Float32Array(length);
  let offset = 0;
  for (const map of maps) {
    sorted.set(map, offset);
    offset += map.length;
  }
  sorted.sort();
  const quantile = sorted[Math.floor(SCALE_SHARE * (length - 1))];
  // A map of a few bright pixels on nothing has no quantile to speak of.
  return quantile > 0 ? quantile : sorted[length - 1];
}

/** Map of a concept on the layer's grid. */
export function coefficientMap(
  { layer, concepts }: Pick<Explanation, 'layer' | 'concepts'>,
  coefficients: Matrix,
  rank: number,
): CoefficientMap | undefined {
  return gridMap(layer, coefficients, rowOfId(concepts[rank].id));
}

/**
 * One column of U [positions, r] on the layer's grid; positions before it (a class token) are left out. Undefined where
 * the layer has no grid.
 */
export function gridMap(
  { grid, kind }: Pick<LayerRecord, 'grid' | 'kind'>,
  { rows, cols, data }: Matrix,
  column: number,
): CoefficientMap | undefined {
  const cells = grid[0] * grid[1];
  if (kind === 'vector' || cells === 1) return undefined;
  const first = rows - cells;
  const values = Float32Array.from({ length: cells }, (_, cell) => data[(first + cell) * cols + column]);
  return { values, grid };
}
