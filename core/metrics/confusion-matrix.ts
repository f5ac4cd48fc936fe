import { hitRate } from './hit-rate.ts';
import type { JudgedImage } from './confusion-pairs.ts';

/** How the answers for the images of one class are spread. */
export interface ConfusionRow<Class = number> {
  readonly truth: Class;
  /** Images whose folder names the class, and those of them that the model calls so. */
  readonly images: number;
  readonly hits: number;
  /** Images called each class of {@link ConfusionMatrix.columns}. */
  readonly counts: readonly number[];
  /** Images called a class that has no column. */
  readonly elsewhere: number;
}

/** Classes as folders name them against classes as the model calls them; `Class`: an index, or one with its name. */
export interface ConfusionMatrix<Class = number> {
  /** In the model's order. */
  readonly rows: readonly ConfusionRow<Class>[];
  /** The classes of the rows, and after them others that the model answers for these images, the most frequent first. */
  readonly columns: readonly Class[];
  /** Classes that folders name but that have no row. */
  readonly rowsLeftOut: number;
  /** Images whose folder names a class, and those of them that the model calls so, in whatever row. */
  readonly known: number;
  readonly hits: number;
}

/** Most rows and columns; a class with a row always has its column. */
export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The confusion matrix of the images whose folder names a class; the others say nothing of right and wrong. Where
 * there are more classes than rows, those with the most mistakes, made of them or for them, are shown.
 */
export function confusionMatrix(images: readonly JudgedImage[], most: MatrixSize): ConfusionMatrix {
  const counts = answersByTruth(images);
  const { known, hits } = hitRate(images, 1);
  const mistakes = mistakesOf(counts);
  const classes = [...counts.keys()].sort((a, b) => mistakes(b) - mistakes(a) || a - b);
  const shown = classes.slice(0, most.rows).sort((a, b) => a - b);
  const answered = new Map<number, number>();
  for (const truth of shown)
    for (const [index, count] of counts.get(truth)!) answered.set(index, (answered.get(index) ?? 0) + count);
  const others = [...answered]
    .filter(([index]) => !shown.includes(index))
    .sort(([a, m], [b, n]) => n - m || a - b)
    .map(([index]) => index);
  const columns = [...shown, ...others.slice(0, Math.max(0, most.columns - shown.length))];
  return {
    rows: shown.map((truth) => rowOf(truth, counts.get(truth)!, columns)),
    columns,
    rowsLeftOut: classes.length - shown.length,
    known,
    hits,
  };
}

type Answers = ReadonlyMap<number, number>;

function answersByTruth(images: readonly JudgedImage[]): Map<number, Map<number, number>> {
  const counts = new Map<number, Map<number, number>>();
  for (const { truth, predicted } of images) {
    if (truth === undefined) continue;
    const own = counts.get(truth) ?? new Map<number, number>();
    counts.set(truth, own.set(predicted, (own.get(predicted) ?? 0) + 1));
  }
  return counts;
}

/** Images of a class that are called another, and of others that are called so. */
function mistakesOf(counts: ReadonlyMap<number, Answers>): (index: number) => number {
  const mistakes = new Map<number, number>();
  const add = (index: number, count: number) => mistakes.set(index, (mistakes.get(index) ?? 0) + count);
  for (const [truth, answers] of counts) {
    for (const [predicted, count] of answers) {
      if (predicted === truth) continue;
      add(truth, count);
      add(predicted, count);
    }
  }
  return (index) => mistakes.get(index) ?? 0;
}

function rowOf(truth: number, answers: Answers, columns: readonly number[]): ConfusionRow {
  const counts = columns.map((index) => answers.get(index) ?? 0);
  const images = [...answers.values()].reduce((total, count) => total + count, 0);
  const shown = counts.reduce((total, count) => total + count, 0);
  return { truth, images, hits: answers.get(truth) ?? 0, counts, elsewhere: images - shown };
}

/** Images of one class that the model calls another. */
export interface PairCount {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
  /** Images whose folder names the class. */
  readonly images: number;
}

/** Every pair of classes of which one is taken for the other, the most frequent first, then by the share of its images. */
export function pairCounts(images: readonly JudgedImage[]): PairCount[] {
  return [...answersByTruth(images)]
    .flatMap(([truth, answers]) => {
      const all = [...answers.values()].reduce((sum, count) => sum + count, 0);
      return [...answers]
        .filter(([predicted]) => predicted !== truth)
        .map(([predicted, count]) => ({ truth, predicted, count, images: all }));
    })
    .sort(
      (a, b) => b.count - a.count || a.images - b.images || a.truth - b.truth || a.predicted - b.predicted,
    );
}
