import path from 'node:path';
import type { ImageFile } from '../../core/images/folder-scan.ts';
import type { Storage } from '../../core/platform.ts';
import type { ImageTable, ImageTableQuery } from '../api/contract.ts';
import { expectedClasses } from '../compute/expected-class.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { SetupState } from './setup-state.ts';
import { shownName } from '../../core/wording/shown-name.ts';

type Row = ImageTable['rows'][number];

/** A page of the pictures of a setup, broken ones with the reason after the others. */
export async function imageTable(
  storage: Storage,
  { scan, scanKey, predictions, model }: SetupState,
  { offset, limit, sort = 'path', descending = false, filter = '' }: ImageTableQuery,
): Promise<ImageTable> {
  if (scan === null) return { total: 0, rows: [] };
  const predicted = new Map(predictions?.images.map((image, i) => [image, predictions.predicted[i]]));
  const held = new Map(predictions?.images.map((image, i) => [image, predictions.held?.[i]]));
  const broken = new Map(predictions?.skipped.map(({ file, reason }) => [file, reason]));
  const expected = expectedClasses(model?.classNames ?? []);
  const isWanted = ({ path: file }: { readonly path: string }): boolean =>
    file.toLowerCase().includes(filter.toLowerCase());
  const rowOf = (image: ImageFile, index: number): Row & { readonly path: string } => ({
    path: image.path,
    index,
    picture: pictureId({ kind: 'file', scan: scanKey, index }),
    fileName: shownName(path.basename(image.path)),
    folder: shownName(image.folder === '' ? path.basename(image.root) : image.folder),
    bytes: 0,
    ...judged(predicted.get(index), held.get(index), expected(image.path)),
    reason: broken.get(image.path) ?? null,
  });
  let rows = scan.images.map(rowOf).filter(isWanted);
  // Sizes cost a look at every file, so they are read for the page alone unless they sort it.
  if (sort === 'bytes') rows = await Promise.all(rows.map((row) => withBytes(storage, row)));
  const sign = descending ? -1 : 1;
  rows.sort((a, b) => sign * compare(keyOf(a, sort), keyOf(b, sort)));
  const skipped = scan.skipped.map(({ file, reason }, index) => ({
    ...rowOf({ path: file, folder: '', root: '' }, scan.images.length + index),
    reason,
  }));
  const all = [...rows, ...skipped.filter(isWanted)];
  const page = await Promise.all(all.slice(offset, offset + limit).map((row) => withBytes(storage, row)));
  return { total: all.length, rows: page.map(withoutPath) };
}

/** Where several labels hold, the one that the folder names is among them or is not. */
function judged(
  predicted: Row['predicted'] = null,
  held: readonly number[] | undefined,
  expected: Row['expected'],
): Pick<Row, 'predicted' | 'expected'> {
  const isAmong = predicted !== null && expected !== null && held?.includes(expected.index) === true;
  return { predicted: isAmong ? { ...predicted, index: expected.index } : predicted, expected };
}

function keyOf(
  row: Row & { readonly path: string },
  sort: NonNullable<ImageTableQuery['sort']>,
): string | number {
  switch (sort) {
    case 'path':
      return row.path;
    case 'folder':
      return row.folder;
    case 'bytes':
      return row.bytes;
    case 'predicted':
      return row.predicted?.name ?? '';
    case 'figure':
      return row.predicted?.probability ?? row.predicted?.value ?? -Infinity;
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function withBytes<R extends Row & { readonly path: string }>(storage: Storage, row: R): Promise<R> {
  const { size } = await storage.stat(row.path).catch(() => ({ size: 0 }));
  return { ...row, bytes: size };
}

function withoutPath(row: Row & { readonly path: string }): Row {
  const { index, picture, fileName, folder, bytes, predicted, expected, reason } = row;
  return { index, picture, fileName, folder, bytes, predicted, expected, reason };
}
