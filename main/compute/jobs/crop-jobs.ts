import { parentIdOf } from '../../../core/concepts/recursion/concept-tree.ts';
import type { MaskedHead } from '../../../core/concepts/masked-head.ts';
import { orderPlaces, type PlaceOrder, type PlaceQuestion } from '../../../core/concepts/place-order.ts';
import { headOfPlayers } from '../../../core/concepts/merged-concepts.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import type { CropItem } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { WithHead } from './masked-heads.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';

/** So many places are put in order for a first page; whoever turns further than that gets twice as many, and so on. */
const FIRST_PLACES = 1024;

/** Pages of a concept's crops, by coefficient or by effect. Orders and effects are kept while the run is. */
export function cropJobs(openRun: OpenRun, withHead: WithHead): Jobs<'listCrops'> {
  const orders = new WeakMap<OpenedRun, Map<string, PlaceOrder>>();
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
      const known = orders.get(opened) ?? new Map<string, PlaceOrder>();
      orders.set(opened, known);
      const placed = { ...source, cells: source.boxes.length };
      const asked: PlaceQuestion = {
        places,
        most: mostFor(offset + limit),
        ...(effects && { effects: columnData(effects, opened.playerOf(concept)) }),
      };
      const order =
        only === undefined
          ? keptOrder(known, `${concept} ${sort} ${places}`, offset + limit, () =>
              orderPlaces(placed, source.column, asked),
            )
          : orderPlaces(placed, source.column, { ...asked, isWanted: isAmong(source.images, only) });
      const crops = Array.from(
        { length: Math.max(0, Math.min(limit, order.images.length - offset)) },
        (_, i) =>
          cropItem(question, opened, concept, order.images[offset + i], order.cells[offset + i], effects),
      );
      return { total: order.total, crops };
    },
  };
}

function mostFor(wanted: number): number {
  let most = FIRST_PLACES;
  while (most < wanted) most *= 2;
  return most;
}

/** An order that was made before, where it reaches far enough. */
function keptOrder(
  known: Map<string, PlaceOrder>,
  key: string,
  wanted: number,
  make: () => PlaceOrder,
): PlaceOrder {
  const before = known.get(key);
  const reaches = before !== undefined && before.images.length >= Math.min(wanted, before.total);
  const order = reaches ? before : make();
  known.set(key, order);
  return order;
}

/** Says of a place in a source's images whether it is one of some images of the run. */
function isAmong(images: readonly number[], only: readonly number[]): (at: number) => boolean {
  const wanted = new Set(only);
  return (at) => wanted.has(images[at]);
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
