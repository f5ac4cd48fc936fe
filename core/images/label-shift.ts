import { truthFinder } from './folder-class.ts';

/** What can be said of names that are off by one, for people. */
export const LABEL_SHIFTS = {
  'drop-first': 'The first name belongs to no output',
  'add-first': 'The first output has no name',
} as const;

/**
 * How names are moved against the outputs: `drop-first` leaves out the first, a background class that the model lacks;
 * `add-first` puts "background" before them, for a model whose first output is one.
 */
export type LabelShift = keyof typeof LABEL_SHIFTS;

/** Pictures in folders that name a class, below which nothing is said of a shift. */
const FEWEST = 4;
/** Of those pictures at least so many must be right with the names moved, by so many more than without, and twice as many. */
const [MOSTLY, CLEARLY] = [0.5, 0.3];

/** The names for `classes` outputs, moved by one; outputs that are left without one are numbered. */
export function shiftedLabels(names: readonly string[], shift: LabelShift, classes: number): string[] {
  const moved = shift === 'drop-first' ? names.slice(1) : ['background', ...names];
  return Array.from({ length: classes }, (_, index) => moved[index] ?? `class ${index}`);
}

/** By how much the output of a class lies behind its place in the list. */
export function outputOffset(shift: LabelShift): 1 | -1 {
  return shift === 'drop-first' ? -1 : 1;
}

/** Names that fit the folders better when they are moved by one. */
export interface ShiftFound {
  readonly shift: LabelShift;
  /** Pictures in folders that name a class. */
  readonly known: number;
  /** Those of them that the model calls so, with the names as they are and moved. */
  readonly hits: number;
  readonly shiftedHits: number;
}

/**
 * Looks whether the model says what folders say only when its names are moved by one, on four or more pictures in two or
 * more folders; undefined where it does not. `index` is the output that the model puts first.
 */
export function findLabelShift(
  names: readonly string[],
  answers: readonly { readonly path: string; readonly index: number }[],
): ShiftFound | undefined {
  const truthOf = truthFinder(names);
  const judged = answers.flatMap(({ path, index }) => {
    const truth = truthOf({ path });
    return truth === undefined ? [] : [{ truth, index }];
  });
  const hitsAt = (by: number): number => judged.filter(({ truth, index }) => index === truth + by).length;
  const known = judged.length;
  const hits = hitsAt(0);
  const [best] = (['drop-first', 'add-first'] as const)
    .map((shift) => ({ shift, known, hits, shiftedHits: hitsAt(outputOffset(shift)) }))
    .sort((a, b) => b.shiftedHits - a.shiftedHits);
  const folders = new Set(judged.map(({ truth }) => truth)).size;
  const { shiftedHits } = best;
  const isClear =
    shiftedHits >= MOSTLY * known && shiftedHits - hits >= CLEARLY * known && shiftedHits >= 2 * hits;
  return isClear && known >= FEWEST && folders > 1 ? best : undefined;
}

/** Is this what lists call a class of everything else? */
export function isBackground(name: string | undefined): boolean {
  return (
    name !== undefined &&
    /^[_\s]*(background|none|others?|rest|negative|dummy|unlabel(l)?ed|n\/?a)[_\s]*$/i.test(name)
  );
}
