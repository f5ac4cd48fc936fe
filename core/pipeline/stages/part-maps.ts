import { MAP_METHODS, type MapMethod } from '../../attribution/methods.ts';
import type { Concept, LayerRecord, MapRecord } from '../../concepts/explanation.ts';
import { exampleImages } from '../../concepts/gallery.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { TesseraError } from '../../errors.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import { fingerprintOf } from '../../project/canonical-json.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { openConceptMapper, type ConceptMapper } from '../concept-mapper.ts';
import { cachedMaps } from './maps.ts';
import type { SplitContext } from '../split-parent.ts';

/** Needs no gradient, so that it draws the parts of every model. */
const STAND_IN: MapMethod = 'upsampled-coefficients';

export interface PartMapsQuestion {
  /** Fingerprint of the split. */
  readonly key: string;
  readonly earlier: LayerRecord;
  readonly partBank: Matrix;
  readonly parts: readonly Concept[];
  /** Images of the split, and the parent's footprint in each. */
  readonly images: readonly number[];
  readonly footprints: readonly Uint8Array[];
}

/**
 * Draws every part in its example images by the run's first method, through the model up to the earlier cut, and
 * keeps of it what lies in the parent's footprint. Returns `tensor` [m, height, width] and `places` [m, 2]: row of the
 * split's bank and image of the run.
 */
export async function partMaps(
  context: SplitContext,
  { key, earlier, partBank, parts, images, footprints }: PartMapsQuestion,
): Promise<{
  readonly record: MapRecord;
  readonly tensor: Tensor<'float32'>;
  readonly places: Tensor<'int32'>;
}> {
  const { options, environment, explanation } = context;
  const [asked] = options.maps;
  const mapper = openConceptMapper(context, earlier, partBank);
  const files = explanation.images.map(({ file }) => ({ path: file }));
  const places = parts.flatMap((part) =>
    exampleImages(part).map((image) => ({ concept: rowOfId(part.id), image })),
  );
  try {
    const { method, reason } = methodFor(mapper, asked);
    const fingerprint = fingerprintOf(environment.storage, [key, 'maps', method]);
    const quiet = { ...context, images: files, onProgress: () => undefined };
    const maps = await cachedMaps(quiet, mapper, method, fingerprint, places);
    const { size } = mapper.sources;
    const gated = maps.map((map, i) =>
      inFootprint(map, footprints[images.indexOf(places[i].image)], earlier, size),
    );
    const data = new Float32Array(maps.length * size[0] * size[1]);
    gated.forEach((map, i) => data.set(map, i * size[0] * size[1]));
    return {
      record: { method, ...(reason !== undefined && { insteadOf: { method: asked, reason } }) },
      tensor: float32(data, [maps.length, ...size]),
      places: {
        type: 'int32',
        dims: [places.length, 2],
        data: Int32Array.from(places.flatMap(({ concept, image }) => [concept, image])),
      },
    };
  } finally {
    await mapper.dispose();
  }
}

function methodFor({ sources }: ConceptMapper, asked: MapMethod): { method: MapMethod; reason?: string } {
  try {
    sources.requireGradients(MAP_METHODS[asked].needs);
    return { method: asked };
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    return { method: STAND_IN, reason: error.message };
  }
}

/** The map with 0 at the pixels whose cell of the layer is outside. */
export function inFootprint(
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
