import type { JudgedImage } from './confusion-pairs.ts';

/** How the answers for the images of one class are spread. */
export interface ConfusionRow {
  readonly truth: number;
  /** Images whose folder names the class, and those of them that the model calls so. */
  readonly images: number;
  readonly hits: number;
  /** Images called each class of {@link ConfusionMatrix.columns}. */
  readonly counts: readonly number[];
  /** Images called a class that has no column. */
  readonly elsewhere: number;
}

/** Classes as folders name them against classes as the model calls them. */
export interface ConfusionMatrix {
  /** The classes that folders name, in the model's order. */
  readonly rows: readonly ConfusionRow[];
  /** Those classes, and after them the others that the model answers, the most frequent first. */
  readonly columns: readonly number[];
  /** Images whose folder names a class, and those of them that the model calls so. */
  readonly known: number;
  readonly hits: number;
}

/**
 * The confusion matrix of the images whose folder names a class; the others say nothing of right and wrong.
 *
 * `otherColumns`  most answers beside the classes of the rows that get a column; the rest is counted in `elsewhere`.
 */
export function confusionMatrix(images: readonly JudgedImage[], otherColumns: number): ConfusionMatrix {
  const counts = new Map<number, Map<number, number>>();
  const answered = new Map<number, number>();
  for (const { truth, predicted } of images) {
    if (truth === undefined) continue;
    const own = counts.get(truth) ?? new Map<number, number>();
    counts.set(truth, own.set(predicted, (own.get(predicted) ?? 0) + 1));
    answered.set(predicted, (answered.get(predicted) ?? 0) + 1);
  }
  const classes = [...counts.keys()].sort((a, b) => a - b);
  const others = [...answered]
    .filter(([index]) => !counts.has(index))
    .sort(([a, m], [b, n]) => n - m || a - b)
    .map(([index]) => index);
  const columns = [...classes, ...others.slice(0, otherColumns)];
  const rows = classes.map((truth) => rowOf(truth, counts.get(truth)!, columns));
  const sum = (of: (row: ConfusionRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return { rows, columns, known: sum((row) => row.images), hits: sum((row) => row.hits) };
}

function rowOf(
  truth: number,
  answers: ReadonlyMap<number, number>,
  columns: readonly number[],
): ConfusionRow {
  const counts = columns.map((index) => answers.get(index) ?? 0);
  const images = [...answers.values()].reduce((total, count) => total + count, 0);
  const shown = counts.reduce((total, count) => total + count, 0);
  return { truth, images, hits: answers.get(truth) ?? 0, counts, elsewhere: images - shown };
}
