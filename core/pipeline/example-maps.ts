import { MAP_METHODS, type MapMethod } from '../attribution/methods.ts';
import type { Concept, LayerRecord, MapRecord } from '../concepts/explanation.ts';
import { exampleImages } from '../concepts/gallery.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { DrawnMaps, MapPlace } from '../project/run-tensors.ts';
import { openConceptMapper, type ConceptMapper } from './concept-mapper.ts';
import type { DifferentiatedPositions } from './concept-sources.ts';
import { methodFor, type DrawingMethod } from './method-stand-in.ts';
import type { ModelScope } from './run-context.ts';
import type { Stages } from './stage-runner.ts';
import { mapsStage } from './stages/maps.ts';

/** Needs nothing but values, so that it works with every model. */
const STAND_IN: MapMethod = 'occlusion';

/** The maps of the images that the report shows. */
export interface ExampleMaps {
  readonly records: readonly MapRecord[];
  /** By method; those of the coefficients are drawn when they are shown. */
  readonly maps: ReadonlyMap<string, DrawnMaps>;
}

/** A model and the concepts that are drawn of it. */
interface DrawnModel extends ModelScope {
  readonly layer: LayerRecord;
  readonly conceptBank: CodedBank;
}

/**
 * Draws every concept in its example images, by each method asked for. A model that a method cannot differentiate
 * is drawn by occlusion, and the record says why.
 */
export async function exampleMaps(
  stages: Stages<'intake' | 'device' | 'layer' | 'images' | 'sharedBank'>,
  { layer, conceptBank, ...model }: DrawnModel,
  concepts: readonly Concept[],
  methods: readonly MapMethod[],
): Promise<ExampleMaps> {
  const mapper = openConceptMapper(model, layer, conceptBank);
  const { size } = mapper.sources;
  const places = concepts.flatMap(examplePlaces);
  const records: MapRecord[] = [];
  const drawn = new Map<string, DrawnMaps>();
  try {
    for (const asked of new Set(methods)) {
      const choice = methodFor(mapper.sources, asked, STAND_IN);
      const { method } = choice;
      if (MAP_METHODS[method].needs === 'coefficients' || drawn.has(method)) {
        records.push(recordOf(mapper, choice, asked));
        continue;
      }
      const { maps, positions } = await stages.given({ maps: [method] }).get(mapsStage, { mapper, places });
      drawn.set(method, { size, places, maps });
      records.push(recordOf(mapper, choice, asked, positions));
    }
  } finally {
    await mapper.dispose();
  }
  return { records, maps: drawn };
}

/** A concept in each of its example images. */
export function examplePlaces(concept: Concept): MapPlace[] {
  return exampleImages(concept).map((image) => ({ concept: rowOfId(concept.id), image }));
}

function recordOf(
  { sources }: ConceptMapper,
  { method, reason }: DrawingMethod,
  asked: MapMethod,
  positions: DifferentiatedPositions = { total: 0, nearDegenerate: 0 },
): MapRecord {
  const { total, nearDegenerate } = positions;
  return {
    method,
    ...(reason !== undefined && { insteadOf: { method: asked, reason } }),
    ...(MAP_METHODS[method].needs === 'cut' && { layer: sources.camLayer.tensor }),
    ...(total > 0 && { nearDegenerate: nearDegenerate / total }),
  };
}
