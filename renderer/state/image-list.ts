import type { RunImage } from '../../main/api/contract.ts';
import type { ColumnLevel } from './columns.svelte.ts';

/** Is the model's answer what the image's folder says? Unknown where the folder names no class. */
export type Judgement = 'right' | 'wrong' | 'unknown';

/** A cell of the confusion matrix; `predicted` is null for the classes that have no column. */
export interface ConfusionCell {
  readonly truth: number;
  readonly predicted: number | null;
}

/** Which images of a run are listed. */
export interface ImageFilter {
  readonly show: 'all' | Judgement | 'explained';
  readonly folder: string | null;
  readonly cell: ConfusionCell | null;
  /** A value of a column of the project's table. */
  readonly level: ColumnLevel | null;
  /** Images that a person chose, as on the map; null: not asked for. */
  readonly chosen: ReadonlySet<number> | null;
}

/** `most:ID`: where most of a concept is comes first. */
export type ImageOrder = 'given' | 'surest' | 'least-sure' | 'name' | 'folder' | `most:${string}`;

/** All images. */
export const EVERY_IMAGE: ImageFilter = { show: 'all', folder: null, cell: null, level: null, chosen: null };

/** Images that a person chose, and no others. */
export function onlyChosen(images: readonly number[]): ImageFilter {
  return { ...EVERY_IMAGE, chosen: new Set(images) };
}

/** How an image is judged by its folder. */
export function judgementOf({ expected, predicted }: Pick<RunImage, 'expected' | 'predicted'>): Judgement {
  if (expected === null) return 'unknown';
  return expected.index === predicted.index ? 'right' : 'wrong';
}

/** What a list is made by. */
export interface ImageListing {
  readonly filter: ImageFilter;
  readonly order: ImageOrder;
  /** Classes that have a column in the confusion matrix. */
  readonly columns: readonly number[];
  /** How strong a concept is in an image; undefined where nobody has looked: those come last. */
  readonly strengthOf: (concept: string, image: number) => number | undefined;
  readonly isOfLevel: (level: ColumnLevel, image: number) => boolean;
}

/** The images that a filter lets through, in an order; equals stay as they are. */
export function listedImages(
  images: readonly RunImage[],
  { filter, order, columns, strengthOf, isOfLevel }: ImageListing,
): readonly RunImage[] {
  const { show, folder, cell, level, chosen } = filter;
  const isIn = (image: RunImage): boolean =>
    (show === 'all' || (show === 'explained' ? image.isExplained : judgementOf(image) === show)) &&
    (folder === null || image.folder === folder) &&
    (cell === null || isInCell(image, cell, columns)) &&
    (level === null || isOfLevel(level, image.image)) &&
    (chosen === null || chosen.has(image.image));
  const found = images.filter(isIn);
  if (order === 'given') return found;
  if (order === 'name') return found.sort((a, b) => compare(a.fileName, b.fileName));
  if (order === 'folder') return found.sort((a, b) => compare(a.folder, b.folder));
  const key = keyOf(order, strengthOf);
  return found.sort((a, b) => key(b) - key(a));
}

/** The folders of images, each with how many there are. */
export function foldersOf(
  images: readonly RunImage[],
): readonly (readonly [folder: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { folder } of images) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => compare(a, b));
}

function isInCell(
  { expected, predicted }: RunImage,
  cell: ConfusionCell,
  columns: readonly number[],
): boolean {
  if (expected?.index !== cell.truth) return false;
  return cell.predicted === null ? !columns.includes(predicted.index) : predicted.index === cell.predicted;
}

/** What an order is by, largest first. */
function keyOf(
  order: Exclude<ImageOrder, 'given' | 'name' | 'folder'>,
  strengthOf: ImageListing['strengthOf'],
): (image: RunImage) => number {
  if (order === 'surest') return ({ predicted }) => predicted.probability ?? predicted.value ?? 0;
  if (order === 'least-sure') return ({ predicted }) => -(predicted.probability ?? predicted.value ?? 0);
  const concept = order.slice('most:'.length);
  return ({ image }) => strengthOf(concept, image) ?? -1;
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}
