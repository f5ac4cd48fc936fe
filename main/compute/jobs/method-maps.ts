import { MAP_METHODS, type MapMethod } from '../../../core/attribution/methods.ts';
import { parseRunOptions } from '../../../core/concepts/parse-run-options.ts';
import { openConceptMapper } from '../../../core/pipeline/concept-mapper.ts';
import { knownBank } from '../../../core/pipeline/known-bank.ts';
import { withMissingStamps } from '../../../core/pipeline/picture-stamps.ts';
import { readBatch, requireAll } from '../../../core/pipeline/pictures.ts';
import { openStages } from '../../../core/pipeline/stage-runner.ts';
import { mapsStage } from '../../../core/pipeline/stages/maps.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { OpenIntake } from './intakes.ts';
import type { JobContext } from './job-context.ts';
import type { OpenedRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';

/** A map as a view draws it: coarser than the picture, so that it travels as text. */
interface DrawnMap {
  readonly grid: readonly [rows: number, columns: number];
  readonly values: readonly number[];
}

/** Draws every concept (by column of the bank) in one image of a run; merged ones in the column of the first. */
export type DrawMaps = (
  opened: OpenedRun,
  method: MapMethod,
  image: number,
  context: Pick<JobContext, 'signal' | 'onProgress'>,
) => Promise<readonly DrawnMap[]>;

/** Finest grid that is passed on; beyond it a picture on a screen shows no difference. */
const FINEST = 112;
const DIGITS = 4;

/**
 * Maps on the CPU, kept in the project's cache beside those that the run has drawn. Rejects with 'unsupported-operator'
 * or 'not-differentiable' where the method needs a gradient that the model does not have.
 */
export function createDrawMaps(environment: Environment, openIntake: OpenIntake): DrawMaps {
  return async (opened, method, image, { signal, onProgress }) => {
    const { explanation, project, run, conceptBank, groups, pictureAt } = opened;
    const intake = await openRunModel(openIntake, opened);
    const device = await environment.openDevice('cpu');
    const { layer } = explanation;
    // A picture that the run did not explain stands alone; those of the run share what it has drawn.
    const isExplained = image < opened.images.length;
    const others = isExplained ? undefined : await withMissingStamps(project, [pictureAt(image).file]);
    const place = isExplained ? image : 0;
    const mapper = openConceptMapper({ environment, device, intake }, layer, conceptBank, undefined, groups);
    try {
      mapper.sources.requireGradients(MAP_METHODS[method].needs);
      const options = { ...parseRunOptions(run.options, run.schemaVersion), maps: [method] };
      const known = [knownBank(environment.storage, { run, conceptBank }, others)];
      const images = others ?? opened.images;
      const facts = { intake, device, layer, images, sharedBank: null };
      const setting = { environment, project, signal, onProgress };
      const stages = openStages(setting, facts, options, { known });
      const places = Array.from({ length: conceptBank.rows }, (_, concept) => ({ concept, image: place }));
      const { maps } = await stages.get(mapsStage, { mapper, places });
      const drawn = maps.map((map) => coarser(map, mapper.sources.size));
      if (groups.length === 0) return drawn;
      const batch = await readBatch(environment.codec, [images[place]], intake.preprocessing.preprocessing);
      const wanted = groups.map((_, g) => conceptBank.rows + g);
      const merged = await mapper.maps(method, requireAll(batch), wanted, signal);
      groups.forEach(([column], g) => (drawn[column] = coarser(merged[g], mapper.sources.size)));
      return drawn;
    } finally {
      await mapper.dispose();
    }
  };
}

/** Means over square blocks, the last ones of a row or column maybe smaller, so that a side has at most FINEST cells. */
function coarser(map: Float32Array, [height, width]: readonly [number, number]): DrawnMap {
  const block = Math.ceil(Math.max(height, width) / FINEST);
  const [rows, columns] = [Math.ceil(height / block), Math.ceil(width / block)];
  const sums = new Float64Array(rows * columns);
  const counts = new Float64Array(rows * columns);
  for (let i = 0; i < map.length; i++) {
    const cell = Math.floor(Math.floor(i / width) / block) * columns + Math.floor((i % width) / block);
    sums[cell] += map[i];
    counts[cell]++;
  }
  const values = Array.from(sums, (sum, cell) => Number((sum / counts[cell]).toPrecision(DIGITS)));
  return { grid: [rows, columns], values };
}
