import type { MapMethod } from '../../attribution/methods.ts';
import type { TargetMaps } from '../../attribution/targets.ts';
import { matrixTensor } from '../../linalg/matrix-tensor.ts';
import { matrix } from '../../linalg/matrix.ts';
import type { MapPlace } from '../../project/run-tensors.ts';
import type { StagePiece } from '../../project/stage-entry.ts';
import { expectFloat32 } from '../../tensor.ts';
import type { ConceptMapper } from '../concept-mapper.ts';
import type { DifferentiatedPositions } from '../concept-sources.ts';
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
  version: 5,
  label: ({ options }) => `maps-${options.maps[0]}`,
  compute: (context, request: MapsRequest) =>
    storedMaps(context, context.images, context.options.maps[0], request),
});

type Work = StageWork & Pick<Facts, 'intake'>;

/** How many positions a pass over an image differentiated, and at how many a concept is close to coming or going. */
type Positions = Pick<DifferentiatedPositions, keyof DifferentiatedPositions>;

/** Maps, and what is known of the gradients that they were drawn from. */
export interface StoredMaps {
  /** In the order asked for. */
  readonly maps: Float32Array[];
  /** Of one pass over each image. */
  readonly positions: DifferentiatedPositions;
}

/**
 * Maps of concepts in images: from the cache where they were drawn before, else drawn, all concepts of an image from
 * one pass, and stored one by one. A pass sees the same positions whichever concepts it draws, so that they are stored
 * with each map and counted once an image.
 */
export async function storedMaps(
  context: Work,
  images: readonly FileFact[],
  method: MapMethod,
  { mapper, places }: MapsRequest,
): Promise<StoredMaps> {
  const { entry, onProgress, signal } = context;
  const indexOf = ({ concept, image }: MapPlace) => image * mapper.sources.nConcepts + concept;
  const found = new Map<number, Float32Array>();
  const seen = { total: 0, nearDegenerate: 0 };
  const wanted = [...new Set(places.map(({ image }) => image))].sort((a, b) => a - b);
  for (const [done, image] of wanted.entries()) {
    signal?.throwIfAborted();
    onProgress({ stage: 'maps', done, total: wanted.length });
    const own = places.filter((place) => place.image === image);
    const missing: MapPlace[] = [];
    for (const place of own) if (!(await entry.has(indexOf(place)))) missing.push(place);
    const draw = drawer(context, images[image], method, mapper);
    const fresh = missing.length > 0 ? await draw(missing) : undefined;
    for (const [at, place] of own.entries()) {
      const { tensors, value } = await entry.get(indexOf(place), async (): Promise<StagePiece<Positions>> => {
        const index = missing.indexOf(place);
        // A stored map that proves damaged is drawn again by itself.
        const drawn = fresh !== undefined && index >= 0 ? fresh : await draw([place]);
        const map = matrixTensor(matrix(...mapper.sources.size, drawn.maps[Math.max(0, index)]));
        return { tensors: new Map([['map', map]]), value: drawn.positions };
      });
      found.set(indexOf(place), expectFloat32(tensors.get('map'), 'map').data);
      if (at > 0) continue;
      seen.total += value.total;
      seen.nearDegenerate += value.nearDegenerate;
    }
  }
  onProgress({ stage: 'maps', done: wanted.length, total: wanted.length });
  return { maps: places.map((place) => found.get(indexOf(place))!), positions: seen };
}

function drawer(
  { environment, intake, signal }: Work,
  image: FileFact,
  method: MapMethod,
  mapper: ConceptMapper,
) {
  return async (places: readonly MapPlace[]): Promise<{ maps: TargetMaps; positions: Positions }> => {
    const batch = await readBatch(environment.codec, [image], intake.preprocessing.preprocessing);
    const before = mapper.sources.positions();
    const maps = await mapper.maps(
      method,
      requireAll(batch),
      places.map(({ concept }) => concept),
      signal,
    );
    const { total, nearDegenerate } = mapper.sources.positions();
    return {
      maps,
      positions: {
        total: total - before.total,
        nearDegenerate: nearDegenerate - before.nearDegenerate,
      },
    };
  };
}
