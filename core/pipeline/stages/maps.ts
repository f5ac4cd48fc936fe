import { MAP_METHODS, type MapMethod } from '../../attribution/methods.ts';
import type { Concept, MapRecord } from '../../concepts/explanation.ts';
import { exampleImages } from '../../concepts/gallery.ts';
import { TesseraError } from '../../errors.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { Storage } from '../../platform.ts';
import { fingerprintOf } from '../../project/canonical-json.ts';
import { openChunks } from '../../project/stage-store.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { openConceptMapper, type ConceptMapper } from '../concept-mapper.ts';
import { readBatch, requireAll } from '../pictures.ts';
import type { ClassContext, RunScope } from '../run-context.ts';

/** Raised whenever a method draws something else from the same inputs. */
const DRAWING = 2;

/** Needs nothing but values, so that it works with every model. */
const STAND_IN: MapMethod = 'occlusion';

/** The maps of the images that the report shows. */
export interface ExampleMaps {
  readonly records: readonly MapRecord[];
  /** By method: `maps.METHOD` [m, height, width] and `maps.METHOD.places` [m, 2], columns of the bank and images. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** A concept (column of the bank) in an image. */
export interface MapPlace {
  readonly concept: number;
  readonly image: number;
}

/**
 * Draws every concept in its example images, by each method asked for. A model that a method cannot differentiate
 * is drawn by occlusion, and the record says why.
 */
export async function exampleMaps(
  context: ClassContext,
  conceptBank: Matrix,
  concepts: readonly Concept[],
  bankFingerprint: string,
): Promise<ExampleMaps> {
  const { layer, options, store, environment } = context;
  const places = concepts.flatMap((concept) =>
    exampleImages(concept).map((image) => ({ concept: Number(concept.id.slice(1)), image })),
  );
  const mapper = openConceptMapper(context, layer, conceptBank);
  const records: MapRecord[] = [];
  const tensors = new Map<string, Tensor>();
  try {
    for (const asked of new Set(options.maps)) {
      const { method, reason } = methodFor(mapper, asked);
      const before = mapper.sources.positions();
      if (MAP_METHODS[method].needs !== 'coefficients' && !tensors.has(tensorName(method))) {
        const fingerprint = mapsFingerprint(environment.storage, bankFingerprint, method, mapper);
        const maps = await store.timed(`maps-${method}`, fingerprint, () =>
          cachedMaps(context, mapper, method, fingerprint, places),
        );
        for (const [name, tensor] of stacked(method, maps, places, mapper)) tensors.set(name, tensor);
      }
      records.push(recordOf(mapper, method, asked, reason, before));
    }
  } finally {
    await mapper.dispose();
  }
  return { records, tensors };
}

/** Fingerprint of a method's maps, from that of the coefficients they are maps of. */
export function mapsFingerprint(
  storage: Storage,
  coefficients: string,
  method: MapMethod,
  { sources }: ConceptMapper,
): string {
  return fingerprintOf(storage, [coefficients, method, sources.camLayer.tensor, DRAWING]);
}

/** Name of a method's maps among the run's arrays. */
export function tensorName(method: string): string {
  return `maps.${method}`;
}

/** The method itself, or the stand-in and why. */
function methodFor(
  { sources }: ConceptMapper,
  asked: MapMethod,
): { readonly method: MapMethod; readonly reason?: string } {
  try {
    sources.requireGradients(MAP_METHODS[asked].needs);
    return { method: asked };
  } catch (error) {
    const isFlat =
      error instanceof TesseraError &&
      (error.code === 'unsupported-operator' || error.code === 'not-differentiable');
    if (!isFlat) throw error;
    return { method: STAND_IN, reason: error.message };
  }
}

function recordOf(
  { sources }: ConceptMapper,
  method: MapMethod,
  asked: MapMethod,
  reason: string | undefined,
  before: { readonly total: number; readonly nearDegenerate: number },
): MapRecord {
  const { total, nearDegenerate } = sources.positions();
  return {
    method,
    ...(reason !== undefined && { insteadOf: { method: asked, reason } }),
    ...(MAP_METHODS[method].needs === 'cut' && { layer: sources.camLayer.tensor }),
    ...(total > before.total && {
      nearDegenerate: (nearDegenerate - before.nearDegenerate) / (total - before.total),
    }),
  };
}

/**
 * Maps of concepts in images, in the order asked for: from the cache where they were drawn before, else drawn, all
 * concepts of an image from one pass, and stored one by one.
 */
export async function cachedMaps(
  context: RunScope & { readonly images: readonly { readonly path: string }[] },
  mapper: ConceptMapper,
  method: MapMethod,
  fingerprint: string,
  places: readonly MapPlace[],
): Promise<Float32Array[]> {
  const { project, images, intake, environment, onProgress, signal } = context;
  const chunks = await openChunks(project, `maps-${method}`, fingerprint);
  const indexOf = ({ concept, image }: MapPlace) => image * mapper.sources.nConcepts + concept;
  const found = new Map<number, Float32Array>();
  const wanted = [...new Set(places.map(({ image }) => image))].sort((a, b) => a - b);
  for (const [done, image] of wanted.entries()) {
    signal?.throwIfAborted();
    onProgress({ stage: 'maps', done, total: wanted.length });
    const own = places.filter((place) => place.image === image);
    const missing: MapPlace[] = [];
    for (const place of own) if (!(await chunks.has(indexOf(place)))) missing.push(place);
    const draw = async (drawn: readonly MapPlace[]): Promise<Float32Array[]> => {
      const batch = await readBatch(environment.codec, [images[image]], intake.preprocessing.preprocessing);
      return mapper.maps(
        method,
        requireAll(batch),
        drawn.map(({ concept }) => concept),
      );
    };
    const fresh = missing.length > 0 ? await draw(missing) : [];
    for (const place of own) {
      const at = missing.indexOf(place);
      const tensors = await chunks.get(indexOf(place), async () => {
        // A stored map that proves damaged is drawn again by itself.
        const map = at >= 0 ? fresh[at] : (await draw([place]))[0];
        return new Map([['map', float32(map, [...mapper.sources.size])]]);
      });
      found.set(indexOf(place), (tensors.get('map') as Tensor<'float32'>).data);
    }
  }
  onProgress({ stage: 'maps', done: wanted.length, total: wanted.length });
  return places.map((place) => found.get(indexOf(place))!);
}

function stacked(
  method: MapMethod,
  maps: readonly Float32Array[],
  places: readonly MapPlace[],
  { sources: { size } }: ConceptMapper,
): [string, Tensor][] {
  const pixels = size[0] * size[1];
  const data = new Float32Array(maps.length * pixels);
  maps.forEach((map, i) => data.set(map, i * pixels));
  const flat = Int32Array.from(places.flatMap(({ concept, image }) => [concept, image]));
  return [
    [tensorName(method), float32(data, [maps.length, ...size])],
    [`${tensorName(method)}.places`, { type: 'int32', dims: [places.length, 2], data: flat }],
  ];
}
