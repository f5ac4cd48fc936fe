import type { MapMethod } from '../attribution/methods.ts';
import type { Concept, LayerRecord, MapRecord } from '../concepts/explanation.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { DrawnMaps } from '../project/run-tensors.ts';
import { openConceptMapper } from './concept-mapper.ts';
import { examplePlaces } from './example-maps.ts';
import { methodFor } from './method-stand-in.ts';
import type { ModelScope } from './run-context.ts';
import type { Stages } from './stage-runner.ts';
import { partMapsStage } from './stages/part-maps.ts';

/** Needs no gradient, so that it draws the parts of every model. */
const STAND_IN: MapMethod = 'upsampled-coefficients';

/** What is drawn of a decomposition. */
export interface PartMapsQuestion {
  readonly method: MapMethod;
  readonly earlier: LayerRecord;
  readonly partBank: Matrix;
  readonly parts: readonly Concept[];
  /** Images of the decomposition, and the parent's footprint in each. */
  readonly images: readonly number[];
  readonly footprints: readonly Uint8Array[];
}

/**
 * Draws every part in its example images, through the model up to the earlier cut, and keeps of it what lies in the
 * parent's footprint. Places name rows of the parts' bank and images of the run.
 */
export async function partMaps(
  scope: ModelScope,
  stages: Stages<'intake' | 'device' | 'parent' | 'earlier' | 'images'>,
  { method: asked, earlier, partBank, parts, images, footprints }: PartMapsQuestion,
): Promise<{ readonly record: MapRecord; readonly maps: DrawnMaps }> {
  const mapper = openConceptMapper(scope, earlier, partBank);
  const places = parts.flatMap(examplePlaces);
  const inDecomposition = places.map(({ concept, image }) => ({ concept, image: images.indexOf(image) }));
  try {
    const { method, reason } = methodFor(mapper.sources, asked, STAND_IN);
    const whole = await stages
      .given({ maps: [method] })
      .get(partMapsStage, { mapper, places: inDecomposition });
    const { size } = mapper.sources;
    const maps = whole.map((map, i) => inFootprint(map, footprints[inDecomposition[i].image], earlier, size));
    return {
      record: { method, ...(reason !== undefined && { insteadOf: { method: asked, reason } }) },
      maps: { size, places, maps },
    };
  } finally {
    await mapper.dispose();
  }
}

/** The map with 0 at the pixels whose cell of the layer is outside. */
function inFootprint(
  map: Float32Array,
  inside: Uint8Array,
  { grid: [rows, columns] }: LayerRecord,
  [height, width]: readonly [number, number],
): Float32Array {
  const first = inside.length - rows * columns;
  return map.map((value, pixel) => {
    const row = Math.floor((Math.floor(pixel / width) * rows) / height);
    const column = Math.floor(((pixel % width) * columns) / width);
    return inside[first + row * columns + column] === 1 ? value : 0;
  });
}
