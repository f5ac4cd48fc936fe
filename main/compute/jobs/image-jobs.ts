import { MAP_METHODS, MAP_METHOD_NAMES, type MapMethod } from '../../../core/attribution/methods.ts';
import { headOfPlayers } from '../../../core/concepts/merged-concepts.ts';
import { TesseraError } from '../../../core/errors.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { quantile } from '../../../core/sensitivity/bootstrap.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ConceptMap, ImageDetail, MapMethod as MethodChoice } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { WithHead } from './masked-heads.ts';
import type { DrawMaps } from './method-maps.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';
import { shownName } from '../../../core/wording/shown-name.ts';

/** The layer's own grid, from the run itself; every other method draws pixels when it is first asked for. */
const COEFFICIENTS = {
  id: 'coefficients',
  title: 'Amount',
  description: 'how much of the concept is at each position of the layer: its coefficients',
} as const satisfies MethodChoice;

const METHODS: readonly MethodChoice[] = [
  COEFFICIENTS,
  ...MAP_METHOD_NAMES.filter((id) => MAP_METHODS[id].needs !== 'coefficients').map((id) => ({
    id,
    title: MAP_METHODS[id].title,
    description: MAP_METHODS[id].meaning,
  })),
];

/** Share of the values that lie under the bright end of a scale: single pixels must not set it. */
const SCALE_SHARE = 0.995;

/** Jobs about single images of a run. */
export function imageJobs(
  { storage }: Environment,
  openRun: OpenRun,
  withHead: WithHead,
  drawMaps: DrawMaps,
): Jobs<'readImage' | 'waterfall'> {
  return {
    async readImage({ image, method = COEFFICIENTS.id, ...question }, context) {
      const opened = await openRun(question);
      opened.checkImage(image);
      const { explanation, preprocessing, imageImportance } = opened;
      const record = explanation.images[image];
      return {
        image,
        fileName: shownName(storage.basename(record.file)),
        path: record.file,
        picture: pictureId({ kind: 'image', project: question.key, run: question.runId, image }),
        side: preprocessing.size,
        predicted: record.predicted,
        logit: record.logit,
        reconstructedLogit: record.reconstructedLogit,
        agrees: record.agrees,
        method,
        methods: METHODS,
        ...(method === COEFFICIENTS.id
          ? gridMaps(opened, image)
          : await pixelMaps(drawMaps, opened, methodOf(method), image, context)),
        localImportance: Object.fromEntries(
          explanation.concepts.map(({ id }) => [id, imageImportance[image][opened.conceptColumn(id)]]),
        ),
      };
    },

    async waterfall({ image, ...question }) {
      const opened = await openRun(question);
      opened.checkImage(image);
      const { explanation, bankCoefficients, players, playerOf } = opened;
      const ids = explanation.concepts.map(({ id }) => id);
      const masks = growingMasks(ids.map(playerOf));
      const logits = await withHead(opened, async (head) =>
        (await headOfPlayers(head, players).prepare(bankCoefficients[image])).evaluate(masks),
      );
      const { logit } = explanation.images[image];
      return {
        baseline: logits[0],
        steps: ids.map((concept, step) => ({ concept, change: logits[step + 1] - logits[step] })),
        unexplained: logit - logits[ids.length],
        logit,
      };
    },
  };
}

/** Row k lets the first k of the columns in. */
function growingMasks(columns: readonly number[]): Matrix {
  const masks = matrix(columns.length + 1, columns.length);
  for (let row = 1; row <= columns.length; row++) {
    for (const column of columns.slice(0, row)) masks.data[row * columns.length + column] = 1;
  }
  return masks;
}

type Maps = Pick<ImageDetail, 'maps' | 'scaleMaximum' | 'scaleOf'>;

function gridMaps({ explanation, mapOf, maxima }: OpenedRun, image: number): Maps {
  const maps = explanation.concepts.flatMap(({ id }): ConceptMap[] => {
    const map = mapOf(id, image);
    return map === undefined ? [] : [{ concept: id, grid: map.grid, values: [...map.values] }];
  });
  return { maps, scaleMaximum: Math.max(...maxima), scaleOf: 'run' };
}

async function pixelMaps(
  drawMaps: DrawMaps,
  opened: OpenedRun,
  method: MapMethod,
  image: number,
  context: JobContext,
): Promise<Maps> {
  const drawn = await drawMaps(opened, method, image, context);
  const maps = opened.explanation.concepts.map(({ id }) => ({
    concept: id,
    ...drawn[opened.conceptColumn(id)],
  }));
  const sizes = Float64Array.from(maps.flatMap(({ values }) => values.map(Math.abs))).sort();
  return { maps, scaleMaximum: quantile(sizes, SCALE_SHARE), scaleOf: 'image' };
}

/** Rejects a name that no method has. */
function methodOf(name: string): MapMethod {
  const found = MAP_METHOD_NAMES.find((id) => id === name);
  if (found !== undefined) return found;
  throw new TesseraError('unknown-name', `There is no map method "${name}".`, {
    hint: `Methods: ${METHODS.map(({ id }) => id).join(', ')}.`,
  });
}
