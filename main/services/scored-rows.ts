import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { ScoredDetail, ScoredImages, ScoredPage, ScoredQuery, ScoredRow } from '../api/contract.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { ScoredColumns } from '../compute/protocol.ts';

/** A result with all its columns. */
export interface KeptScores {
  readonly summary: ScoredImages;
  readonly columns: ScoredColumns;
  /** Name of the preprocessing in names of pictures. */
  readonly as: string;
}

/** Images of which the concepts leave more than of any image of the run. */
export function unknownCount({ rest, mostRest }: Pick<ScoredColumns, 'rest' | 'mostRest'>): number {
  return mostRest === null ? 0 : rest.filter((own) => own > mostRest).length;
}

/** Some of the images, in the order that is asked for; those that are equal stay in the order in which they were given. */
export function pageOf(kept: KeptScores, query: ScoredQuery): ScoredPage {
  const { columns } = kept;
  const { mostRest, rest } = columns;
  const place = placeOf(columns, query.concept);
  const all = [...rest.keys()].filter((at) => !query.isUnknown || (mostRest !== null && rest[at] > mostRest));
  const key = keysOf(columns, query.sort, place);
  const sign = query.descending ? -1 : 1;
  all.sort((a, b) => sign * compare(key(a), key(b)) || a - b);
  const shown = all.slice(query.offset, query.offset + query.limit);
  return { total: all.length, rows: shown.map((at) => rowOf(kept, at, place)) };
}

/** Everything about one of the images. Throws TesseraError 'unknown-name' where there is none of that number. */
export function detailOf(kept: KeptScores, index: number): ScoredDetail {
  const { files, concepts, ofConcepts, amounts, contributions } = kept.columns;
  if (index >= files.length)
    throw new TesseraError('unknown-name', `There are ${files.length} images; there is no image ${index}.`);
  const byId = (values: Float32Array): Record<string, number> =>
    Object.fromEntries(concepts.map(({ id }, place) => [id, values[index * concepts.length + place]]));
  return {
    ...rowOf(kept, index, 0),
    path: files[index].path,
    ofConcepts: ofConcepts[index],
    amounts: byId(amounts),
    contributions: byId(contributions),
  };
}

function placeOf({ concepts }: ScoredColumns, id: string): number {
  const place = concepts.findIndex((concept) => concept.id === id);
  if (place >= 0) return place;
  throw new TesseraError('unknown-name', `The run has no concept "${id}".`);
}

function rowOf({ summary, columns, as }: KeptScores, index: number, place: number): ScoredRow {
  const { files, predicted, isExplained, score, rest, mostRest, concepts, amounts, contributions } = columns;
  const file = files[index];
  const at = index * concepts.length + place;
  return {
    index,
    fileName: shownName(path.basename(file.path)),
    folder: shownName(file.folder === '' ? path.basename(file.root) : file.folder),
    picture: pictureId({ kind: 'fitted', scan: summary.id, index, as }),
    predicted: predicted[index],
    isExplained: isExplained[index] === 1,
    score: score[index],
    rest: rest[index],
    isUnknown: mostRest === null ? null : rest[index] > mostRest,
    amount: amounts[at],
    contribution: contributions[at],
  };
}

function keysOf(
  { files, predicted, score, rest, amounts, contributions, concepts }: ScoredColumns,
  sort: ScoredQuery['sort'],
  place: number,
): (at: number) => string | number {
  switch (sort) {
    case 'file':
      return (at) => files[at].path;
    case 'predicted':
      return (at) => predicted[at].name;
    case 'score':
      return (at) => score[at];
    case 'rest':
      return (at) => rest[at];
    case 'amount':
      return (at) => amounts[at * concepts.length + place];
    case 'contribution':
      return (at) => contributions[at * concepts.length + place];
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
