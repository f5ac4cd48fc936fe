import { parentIdOf } from '../../../core/concepts/recursion/concept-tree.ts';
import type { MaskedHead } from '../../../core/concepts/masked-head.ts';
import { headOfPlayers } from '../../../core/concepts/merged-concepts.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import type { CropItem } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import { orderCrops, type CropOrder } from './crop-order.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { WithHead } from './masked-heads.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';

/** Pages of a concept's crops, by coefficient or by effect. Orders and effects are kept while the run is. */
export function cropJobs(openRun: OpenRun, withHead: WithHead): Jobs<'listCrops'> {
  const orders = new WeakMap<OpenedRun, Map<string, CropOrder>>();
  const allEffects = new WeakMap<OpenedRun, Promise<Matrix>>();

  const effectsOf = (opened: OpenedRun, context: JobContext): Promise<Matrix> => {
    const effects = allEffects.get(opened) ?? withHead(opened, (head) => dropsOf(opened, head, context));
    allEffects.set(opened, effects);
    effects.catch(() => allEffects.delete(opened));
    return effects;
  };

  return {
    async listCrops(
      { concept, sort = 'coefficient', places = 'all', only, offset, limit, ...question },
      context,
    ) {
      const opened = await openRun(question);
      const source = opened.sourceOf(concept);
      // What the score loses without a part is not known; its crops keep the order of their coefficients.
      const hasEffects = sort === 'effect' && parentIdOf(concept) === undefined;
      const effects = hasEffects ? await effectsOf(opened, context) : undefined;
      const known = orders.get(opened) ?? new Map<string, CropOrder>();
      orders.set(opened, known);
      const key = `${concept} ${sort} ${places}`;
      const order =
        known.get(key) ??
        orderCrops(source, source.column, {
          places,
          ...(effects && { effects: columnData(effects, opened.playerOf(concept)) }),
        });
      known.set(key, order);
      const shown = placesIn(order, source.images, only);
      const crops = Array.from(shown.subarray(offset, offset + limit), (place) =>
        cropItem(question, opened, concept, order.images[place], order.cells[place], effects),
      );
      return { total: shown.length, crops };
    },
  };
}

/** The places of an order that lie in some images of the run, or all. */
function placesIn(
  order: CropOrder,
  images: readonly number[],
  only: readonly number[] | undefined,
): Uint32Array {
  const all = Uint32Array.from(order.images, (_, place) => place);
  if (only === undefined) return all;
  const isIn = new Set(only);
  return all.filter((place) => isIn.has(images[order.images[place]]));
}

/** How far the logit of each image falls when one concept, or all of a merged one, is taken out, [images, players]. */
async function dropsOf(
  { bankCoefficients: coefficients, players }: OpenedRun,
  bankHead: MaskedHead,
  { signal, onProgress }: JobContext,
): Promise<Matrix> {
  const r = players.length;
  const head = headOfPlayers(bankHead, players);
  const masks = matrix(r + 1, r);
  masks.data.fill(1);
  for (let concept = 0; concept < r; concept++) masks.data[concept * r + concept] = 0;
  const drops = matrix(coefficients.length, r);
  for (const [image, own] of coefficients.entries()) {
    signal.throwIfAborted();
    const logits = await (await head.prepare(own)).evaluate(masks);
    for (let concept = 0; concept < r; concept++)
      drops.data[image * r + concept] = logits[r] - logits[concept];
    onProgress({ stage: 'effects', done: image + 1, total: coefficients.length });
  }
  return drops;
}

function columnData({ rows, cols, data }: Matrix, column: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => data[row * cols + column]);
}

function cropItem(
  { key, runId }: RunQuestion,
  opened: OpenedRun,
  concept: string,
  at: number,
  cell: number,
  effects: Matrix | undefined,
): CropItem {
  const { boxes, column, coefficients, images, firstPosition } = opened.sourceOf(concept);
  const image = images[at];
  const box = boxes[cell];
  const { data, cols } = coefficients[at];
  const place = { project: key, run: runId, image };
  const hasMap = opened.mapOf(concept, image) !== undefined;
  return {
    image,
    box,
    coefficient: data[(firstPosition + cell) * cols + column],
    effect: effects?.data[image * effects.cols + opened.playerOf(concept)] ?? null,
    crop: pictureId({ kind: 'crop', ...place, box }),
    context: pictureId({ kind: 'context', ...place, box }),
    map: hasMap
      ? pictureId({ kind: 'map', ...place, concept: opened.mapName(concept), scale: 'concept' })
      : null,
  };
}
