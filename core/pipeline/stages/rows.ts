import type { Box, LayerRecord } from '../../concepts/explanation.ts';
import { positionBoxes, type RowPlace } from '../../concepts/gallery.ts';
import { channelsOf, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import { cropBoxes, cutCrops } from '../../images/crops.ts';
import { frameOf } from '../../images/preprocessing.ts';
import { matrixTensor } from '../../linalg/matrix-tensor.ts';
import { matrix, type Matrix } from '../../linalg/matrix.ts';
import { createRandom, type Random } from '../../random.ts';
import { expectFloat32, type Tensor } from '../../tensor.ts';
import { joinItems, sliceItems } from '../batch-items.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { cropModel, defaultPatch, runnerFor, cutAt } from '../model-parts.ts';
import { readBatch, requireAll } from '../pictures.ts';
import { defineStage, type StageContext } from '../stage.ts';

/**
 * Memory of the activation matrix; with more rows than fit, every image gives an equal random share, and with more images
 * than rows fit, so many random ones give one row each.
 */
const MATRIX_BYTES = 2 ** 26;

/** The activation matrix A [n, p] and what each of its rows shows. */
export interface ActivationRows {
  readonly activations: Matrix;
  readonly places: readonly RowPlace[];
  /** Are these all positions of every image, one image after another? */
  readonly isWhole: boolean;
}

/** Rows of the activation matrix: pooled crops (CRAFT, section 3.1) or the grid positions of whole images. */
export const rowsStage = defineStage({
  name: 'rows',
  inputs: {},
  facts: ['intake', 'device', 'layer', 'images'],
  version: 2,
  chunk: CHUNK,
  isShared: true,
  compute: activationRows,
});

type RowsContext = StageContext<'rows', 'intake' | 'device' | 'layer' | 'images'>;

async function activationRows(context: RowsContext): Promise<ActivationRows> {
  const { layer, images, intake, options, environment } = context;
  const boxes = rowBoxes(context);
  const { chosen, isWhole } = chosenRows(boxes.length, images.length, {
    room: roomFor(layer),
    seed: options.seed,
  });
  const activations = matrix(chosen.length * chosen[0].rows.length, channelsOf(layer));
  const rowsOf = options.rows === 'crops' ? cropRows(context, boxes) : gridRows(context);
  const pieces = chunked(context, {
    stage: 'rows',
    count: chosen.length,
    prepare: (start, end) =>
      readBatch(
        environment.codec,
        chosen.slice(start, end).map(({ image }) => images[image]),
        intake.preprocessing.preprocessing,
      ),
    compute: async (batch, start, end) => {
      const rows = await rowsOf.compute(
        requireAll(batch),
        chosen.slice(start, end).map((own) => own.rows),
      );
      return { tensors: new Map([['rows', matrixTensor(rows)]]), value: null };
    },
  });
  try {
    let offset = 0;
    for await (const { tensors } of pieces) {
      const { data } = expectFloat32(tensors.get('rows'), 'rows');
      activations.data.set(data, offset);
      offset += data.length;
    }
  } finally {
    await rowsOf.dispose();
  }
  const places = chosen.flatMap(({ image, rows }) => rows.map((row) => ({ image, box: boxes[row] })));
  return { activations, places, isWhole: options.rows === 'grid' && isWhole };
}

/** How many rows fit. */
export const roomFor = (layer: LayerRecord): number =>
  Math.max(1, Math.floor(MATRIX_BYTES / (4 * channelsOf(layer))));

/** Of so many images those that give rows. */
export const imagesOfRows = (images: number, layer: LayerRecord): number => Math.min(images, roomFor(layer));

/** Rows of one image of the run, by their place in it, in rising order. */
interface ChosenRows {
  readonly image: number;
  readonly rows: readonly number[];
}

/**
 * Rows to take of `perImage` in each of so many images: all where there is room for them, else of every image as many by lot,
 * and where there is not room for one of each, one of as many images as there is, by lot too. Images in rising order.
 */
export function chosenRows(
  perImage: number,
  images: number,
  { room, seed }: { readonly room: number; readonly seed: number },
): { readonly chosen: readonly ChosenRows[]; readonly isWhole: boolean } {
  const random = createRandom(seed);
  const count = Math.min(perImage, Math.max(1, Math.floor(room / images)));
  const taken = images <= room ? undefined : choose(images, room, random);
  const chosen = Array.from({ length: taken?.length ?? images }, (_, at) => ({
    image: taken?.[at] ?? at,
    rows: choose(perImage, count, random),
  }));
  return { chosen, isWhole: taken === undefined && count === perImage };
}

interface RowSource {
  /** Chosen rows of each image of a batch, one image after another. */
  compute(input: Tensor<'float32'>, chosen: readonly (readonly number[])[]): Promise<Matrix>;
  dispose(): Promise<void>;
}

/** The part of the picture that each possible row of an image stands for. */
export function rowBoxes({
  intake,
  layer,
  options,
}: Pick<RowsContext, 'intake' | 'layer' | 'options'>): Box[] {
  const frame = frameOf(intake.preprocessing.preprocessing);
  const patch = Math.min(options.patch ?? defaultPatch(intake), frame.width, frame.height);
  if (options.rows === 'crops') return cropBoxes({ ...frame, patch });
  const boxes = positionBoxes(layer, frame, patch);
  // Tokens before the grid (a class token) stand for the whole picture.
  const extra = positionsOf(layer) - boxes.length;
  return [...Array.from({ length: extra }, (): Box => [0, 0, frame.width, frame.height]), ...boxes];
}

function cropRows(context: RowsContext, boxes: readonly Box[]): RowSource {
  const { intake, layer } = context;
  const runner = runnerFor(context, cropModel(intake, layer, boxes[0][2]));
  return {
    async compute(input, chosen) {
      const parts = chosen.map((rows, image) =>
        cutCrops(
          sliceItems(input, image, image + 1),
          intake.signature.input.layout,
          rows.map((row) => boxes[row]),
        ),
      );
      const crops = await runner.run(joinItems(parts));
      return matrix(crops.dims[0], crops.data.length / crops.dims[0], crops.data);
    },
    dispose: () => runner.dispose(),
  };
}

function gridRows(context: RowsContext): RowSource {
  const { intake, layer } = context;
  const runner = runnerFor(context, cutAt(intake, layer).latent);
  const positions = positionsOf(layer);
  return {
    async compute(input, chosen) {
      const all = toRows(await runner.run(input), layer);
      const rows = chosen.flatMap((own, image) => own.map((row) => image * positions + row));
      const out = matrix(rows.length, all.cols);
      rows.forEach((row, i) =>
        out.data.set(all.data.subarray(row * all.cols, (row + 1) * all.cols), i * all.cols),
      );
      return out;
    },
    dispose: () => runner.dispose(),
  };
}

/** `count` of 0 … n-1 without repetition, in rising order. */
function choose(n: number, count: number, random: Random): number[] {
  if (count >= n) return Array.from({ length: n }, (_, index) => index);
  return [...random.permutation(n).subarray(0, count)].sort((a, b) => a - b);
}
