import path from 'node:path';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { toRows } from '../../../core/concepts/latent-rows.ts';
import { nnls } from '../../../core/factorization/nnls.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import { runnerFor, cutAt } from '../../../core/pipeline/model-parts.ts';
import { readBatch, requireAll } from '../../../core/pipeline/pictures.ts';
import type { ModelScope } from '../../../core/pipeline/run-context.ts';
import type { ImageCodec } from '../../../core/platform.ts';
import type { PictureTruth, PlantedModel, Region } from './planted-set.ts';

/** Where a concept is, over the pictures of a run; shares are of 1. */
export interface ConceptPlace {
  /** Share of its coefficients that lies in the object's boxes, and the share of the area that they take up. */
  readonly onObject: number;
  readonly objectArea: number;
  /** The same of the cue's regions, over the pictures that carry one; absent of a cue without a place, and without a cue. */
  readonly onCue?: number;
  readonly cueArea?: number;
  /**
   * What share of it goes when the cue is taken out of the same scenes, or comes: |with - without| / the larger of both, over
   * the pictures that carry one; absent where too few do.
   */
  readonly change?: number;
}

/** Pictures with a cue from which on something is said of it. */
const FEWEST = 5;

/** {@link ConceptPlace} of every row of the bank. `files`: the explained pictures, with their coefficients [positions, r]. */
export async function conceptPlaces(
  scope: ModelScope,
  model: PlantedModel,
  layer: LayerRecord,
  { conceptBank, coefficients }: { readonly conceptBank: Matrix; readonly coefficients: readonly Matrix[] },
  files: readonly string[],
): Promise<ConceptPlace[]> {
  const root = path.join(model.folder, model.truth.images);
  const names = files.map((file) => path.relative(root, file).split(path.sep).join('/'));
  const truths = names.map((name) => model.pictures.get(name)!);
  const masks = await cellMasks(scope, model, layer, truths);
  const carry = [...truths.keys()].filter((i) => truths[i].cue !== null);
  const hasEnough = carry.length >= FEWEST;
  const bare = hasEnough
    ? await codedWithoutCue(
        scope,
        model,
        layer,
        conceptBank,
        carry.map((i) => names[i]),
      )
    : undefined;
  const sumOf = (u: readonly Matrix[], concept: number, weights?: readonly Float64Array[]): number =>
    u.reduce((sum, one, i) => sum + massOf(one, concept, weights?.[i]), 0);
  const at = <T>(list: readonly T[]): T[] => carry.map((i) => list[i]);
  return Array.from({ length: conceptBank.rows }, (_, concept): ConceptPlace => {
    const all = sumOf(coefficients, concept);
    const marked = sumOf(at(coefficients), concept);
    const left = bare && sumOf(bare, concept);
    const isPlaced = hasEnough && carry.every((i) => masks.cue[i] !== undefined);
    const cue = at(masks.cue).filter((mask) => mask !== undefined);
    return {
      onObject: share(sumOf(coefficients, concept, masks.object), all),
      objectArea: meanOf(masks.object),
      ...(isPlaced && { onCue: share(sumOf(at(coefficients), concept, cue), marked), cueArea: meanOf(cue) }),
      ...(left !== undefined && { change: share(Math.abs(marked - left), Math.max(marked, left)) }),
    };
  });
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function meanOf(masks: readonly Float64Array[]): number {
  const means = masks.map((mask) => mask.reduce((sum, value) => sum + value, 0) / mask.length);
  return means.reduce((sum, value) => sum + value, 0) / means.length;
}

function massOf({ data, rows, cols }: Matrix, concept: number, weights?: Float64Array): number {
  let sum = 0;
  for (let cell = 0; cell < rows; cell++)
    sum += Math.max(0, data[cell * cols + concept]) * (weights?.[cell] ?? 1);
  return sum;
}

/** Coefficients of the same scenes drawn without their cues. */
async function codedWithoutCue(
  scope: ModelScope,
  { folder, truth }: PlantedModel,
  layer: LayerRecord,
  conceptBank: Matrix,
  names: readonly string[],
): Promise<Matrix[]> {
  const { environment, intake } = scope;
  const files = names.map((name) => ({ path: path.join(folder, truth.withoutCue, name) }));
  const latent = runnerFor(scope, cutAt(intake, layer).latent);
  try {
    const coded: Matrix[] = [];
    for (let first = 0; first < files.length; first += 16) {
      const batch = files.slice(first, first + 16);
      const input = requireAll(await readBatch(environment.codec, batch, intake.preprocessing.preprocessing));
      coded.push((await nnls(toRows(await latent.run(input), layer), conceptBank)).coefficients);
    }
    return coded;
  } finally {
    await latent.dispose();
  }
}

/** For every picture the share of each cell that the object's box and the cue cover. */
async function cellMasks(
  { environment: { codec }, intake }: ModelScope,
  { folder }: PlantedModel,
  { grid }: LayerRecord,
  truths: readonly PictureTruth[],
): Promise<{ readonly object: Float64Array[]; readonly cue: (Float64Array | undefined)[] }> {
  const side = intake.preprocessing.preprocessing.size;
  const object = truths.map(({ object: box }) =>
    toCells((x, y) => isIn({ form: 'box', box }, x, y, side), side, grid),
  );
  const cue = await Promise.all(
    truths.map(async ({ region }) => {
      if (region === undefined || region.form === 'whole') return undefined;
      const mask = region.form === 'mask' ? await readMask(codec, path.join(folder, region.file)) : undefined;
      const covers = (x: number, y: number): boolean =>
        mask ? mask[y * side + x] > 127 : isIn(region, x, y, side);
      return toCells(covers, side, grid);
    }),
  );
  return { object, cue };
}

async function readMask(codec: ImageCodec, file: string): Promise<Uint8Array> {
  const { data, width, height } = await codec.decode(file);
  return Uint8Array.from({ length: width * height }, (_, pixel) => data[pixel * 3]);
}

function isIn(region: Region, x: number, y: number, side: number): boolean {
  if (region.form === 'frame') return Math.min(x, y, side - 1 - x, side - 1 - y) < region.width;
  if (region.form !== 'box') return false;
  const [x0, y0, x1, y1] = region.box;
  return x >= x0 && x < x1 && y >= y0 && y < y1;
}

/** Mean of a mask of pixels over the cells of a grid. */
function toCells(
  covers: (x: number, y: number) => boolean,
  side: number,
  [rows, columns]: readonly [number, number],
): Float64Array {
  const cells = new Float64Array(rows * columns);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const cell = Math.floor((y * rows) / side) * columns + Math.floor((x * columns) / side);
      if (covers(x, y)) cells[cell] += (rows * columns) / side ** 2;
    }
  return cells;
}
