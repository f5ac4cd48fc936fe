import type { Explanation } from '../concepts/explanation.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { CoefficientMap } from '../report/rgb-picture.ts';
import type { Tensor } from '../tensor.ts';
import { tensorName } from './stages/maps.ts';

/** The map of the concept at a rank in the image at an index, if there is one. */
export type MapSource = (rank: number, image: number) => CoefficientMap | undefined;

/** Share of a concept's map values that lie under the bright end of its scale: single pixels must not set it. */
const SCALE_SHARE = 0.995;

/** Where the maps of a run come from, one source a method, the method that is shown first at the head. */
export function mapSources(
  explanation: Explanation,
  tensors: ReadonlyMap<string, Tensor>,
  coefficients: readonly Matrix[],
): [MapSource, ...MapSource[]] {
  const ofCoefficients: MapSource = (rank, image) => coefficientMap(explanation, coefficients[image], rank);
  const [first = ofCoefficients, ...further] = (explanation.maps ?? []).map(({ method }) => {
    const drawn = tensors.get(tensorName(method));
    const places = tensors.get(`${tensorName(method)}.places`);
    return drawn && places
      ? drawnMaps(explanation, drawn as Tensor<'float32'>, places as Tensor<'int32'>)
      : ofCoefficients;
  });
  return [first, ...further];
}

/** Maps as they were drawn, cut off at the bright end of their concept's scale. */
function drawnMaps(
  explanation: Explanation,
  { dims, data }: Tensor<'float32'>,
  { data: places }: Tensor<'int32'>,
): MapSource {
  const [count, height, width] = dims;
  const mapAt = (i: number) => data.subarray(i * height * width, (i + 1) * height * width);
  const maxima = new Map<number, number>();
  const maximumOf = (column: number): number => {
    const own = Array.from({ length: count }, (_, i) => i).filter((i) => places[2 * i] === column);
    const known = maxima.get(column) ?? highQuantile(own.map(mapAt));
    maxima.set(column, known);
    return known;
  };
  return (rank, image) => {
    const column = columnOf(explanation, rank);
    const at = Array.from({ length: count }, (_, i) => i).find(
      (i) => places[2 * i] === column && places[2 * i + 1] === image,
    );
    if (at === undefined) return undefined;
    const most = maximumOf(column);
    return { values: mapAt(at).map((value) => Math.min(value, most)), grid: [height, width] };
  };
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

/** Column of the bank that a concept's id names. */
export function columnOf(explanation: Explanation, rank: number): number {
  return Number(explanation.concepts[rank].id.slice(1));
}

/** Map of a concept on the layer's grid; positions before the grid (a class token) are left out. */
export function coefficientMap(
  explanation: Explanation,
  coefficients: Matrix,
  rank: number,
): CoefficientMap | undefined {
  const { grid, kind } = explanation.layer;
  if (kind === 'vector' || grid[0] * grid[1] === 1) return undefined;
  const column = columnOf(explanation, rank);
  const first = coefficients.rows - grid[0] * grid[1];
  const values = Float32Array.from(
    { length: grid[0] * grid[1] },
    (_, cell) => coefficients.data[(first + cell) * coefficients.cols + column],
  );
  return { values, grid };
}
