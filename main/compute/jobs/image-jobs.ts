import { TesseraError } from '../../../core/errors.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import type { Workbench } from '../../../core/pipeline/workbench.ts';
import type { ConceptMap, MapMethod } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { Jobs } from './job-context.ts';
import type { WithHead } from './masked-heads.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';

const COEFFICIENTS: MapMethod = {
  id: 'coefficients',
  title: 'Coefficients',
  description: 'How much of the concept is at each position of the layer.',
};

/** Jobs about single images of a run. */
export function imageJobs(
  { storage }: Workbench,
  openRun: OpenRun,
  withHead: WithHead,
): Jobs<'readImage' | 'waterfall'> {
  return {
    async readImage({ image, method = COEFFICIENTS.id, ...question }) {
      const opened = await openRun(question);
      opened.checkImage(image);
      if (method !== COEFFICIENTS.id) {
        throw new TesseraError('unknown-name', `There is no map method "${method}".`, {
          hint: `Methods: ${COEFFICIENTS.id}.`,
        });
      }
      const { explanation, preprocessing, maxima, imageImportance } = opened;
      const record = explanation.images[image];
      const place = { project: question.key, run: question.runId, image };
      return {
        image,
        fileName: storage.basename(record.file),
        path: record.file,
        picture: pictureId({ kind: 'image', ...place }),
        side: preprocessing.size,
        predicted: record.predicted,
        logit: record.logit,
        reconstructedLogit: record.reconstructedLogit,
        agrees: record.agrees,
        method,
        methods: [COEFFICIENTS],
        maps: explanation.concepts.flatMap(({ id }) => conceptMap(opened, question, image, id)),
        scaleMaximum: Math.max(...maxima),
        localImportance: Object.fromEntries(
          explanation.concepts.map(({ id }) => [
            id,
            imageImportance.data[image * imageImportance.dims[1] + opened.columnOf(id)],
          ]),
        ),
      };
    },

    async waterfall({ image, ...question }) {
      const opened = await openRun(question);
      opened.checkImage(image);
      const { explanation, coefficients, columnOf } = opened;
      const ids = explanation.concepts.map(({ id }) => id);
      const masks = growingMasks(ids.map(columnOf));
      const logits = await withHead(opened, async (head) =>
        (await head.prepare(coefficients[image])).evaluate(masks),
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

function conceptMap(
  opened: OpenedRun,
  { key, runId }: RunQuestion,
  image: number,
  concept: string,
): ConceptMap[] {
  const map = opened.mapOf(concept, image);
  if (map === undefined) return [];
  return [
    {
      concept,
      grid: map.grid,
      values: [...map.values],
      overlay: pictureId({ kind: 'map', project: key, run: runId, image, concept, scale: 'run' }),
      maximum: opened.maxima[opened.columnOf(concept)],
    },
  ];
}
