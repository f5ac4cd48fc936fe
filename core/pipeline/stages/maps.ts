import type { MapMethod } from '../../attribution/methods.ts';
import { matrixTensor } from '../../linalg/matrix-tensor.ts';
import { matrix } from '../../linalg/matrix.ts';
import type { MapPlace } from '../../project/run-tensors.ts';
import { expectFloat32 } from '../../tensor.ts';
import type { ConceptMapper } from '../concept-mapper.ts';
import { readBatch, requireAll } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import { defineStage, type Facts, type StageWork } from '../stage.ts';
import { bankStage } from './bank.ts';

/** Which maps are wanted, and what draws them. */
export interface MapsRequest {
  readonly mapper: ConceptMapper;
  /** Concepts by their row of the bank, images by their place in the stage's. */
  readonly places: readonly MapPlace[];
}

/** Concepts drawn in images by one method, that of the option `maps`; each is stored by itself. */
export const mapsStage = defineStage({
  name: 'maps',
  inputs: { bank: bankStage },
  facts: [],
  version: 3,
  label: ({ options }) => `maps-${options.maps[0]}`,
  compute: (context, request: MapsRequest) =>
    storedMaps(context, context.images, context.options.maps[0], request),
});

type Work = StageWork & Pick<Facts, 'intake'>;

/**
 * Maps of concepts in images, in the order asked for: from the cache where they were drawn before, else drawn, all
 * concepts of an image from one pass, and stored one by one.
 */
export async function storedMaps(
  context: Work,
  images: readonly FileFact[],
  method: MapMethod,
  { mapper, places }: MapsRequest,
): Promise<Float32Array[]> {
  const { entry, onProgress, signal } = context;
  const indexOf = ({ concept, image }: MapPlace) => image * mapper.sources.nConcepts + concept;
  const found = new Map<number, Float32Array>();
  const wanted = [...new Set(places.map(({ image }) => image))].sort((a, b) => a - b);
  for (const [done, image] of wanted.entries()) {
    signal?.throwIfAborted();
    onProgress({ stage: 'maps', done, total: wanted.length });
    const own = places.filter((place) => place.image === image);
    const missing: MapPlace[] = [];
    for (const place of own) if (!(await entry.has(indexOf(place)))) missing.push(place);
    const draw = drawer(context, images[image], method, mapper);
    const fresh = missing.length > 0 ? await draw(missing) : [];
    for (const place of own) {
      const at = missing.indexOf(place);
      const { tensors } = await entry.get(indexOf(place), async () => {
        // A stored map that proves damaged is drawn again by itself.
        const map = at >= 0 ? fresh[at] : (await draw([place]))[0];
        return {
          tensors: new Map([['map', matrixTensor(matrix(...mapper.sources.size, map))]]),
          value: null,
        };
      });
      found.set(indexOf(place), expectFloat32(tensors.get('map'), 'map').data);
    }
  }
  onProgress({ stage: 'maps', done: wanted.length, total: wanted.length });
  return places.map((place) => found.get(indexOf(place))!);
}

function drawer({ environment, intake }: Work, image: FileFact, method: MapMethod, mapper: ConceptMapper) {
  return async (places: readonly MapPlace[]): Promise<readonly Float32Array[]> => {
    const batch = await readBatch(environment.codec, [image], intake.preprocessing.preprocessing);
    return mapper.maps(
      method,
      requireAll(batch),
      places.map(({ concept }) => concept),
    );
  };
}
