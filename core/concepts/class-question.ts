import { TesseraError } from '../errors.ts';
import { findClass } from '../images/find-class.ts';
import type { ModelScores } from '../score/model-scores.ts';
import type { Explained } from '../score/explained.ts';
import { notName, sideNames } from '../score/score.ts';
import type { ImageSelection, RunOptions } from './run-options.ts';

/** A class to explain, and which images to explain it on. */
export interface ClassQuestion {
  readonly classIndex: number;
  readonly select: ImageSelection;
}

const PREDICTED = 'predicted:';

/** Reads `NAME`, `INDEX` or `predicted:NAME|INDEX`; 'unknown-name' offers the nearest class names. */
export function chooseClass(
  names: readonly string[],
  { class: query, select }: Pick<RunOptions, 'class' | 'select'>,
): ClassQuestion {
  if (!query.startsWith(PREDICTED)) return { classIndex: findClass(names, query), select };
  return { classIndex: findClass(names, query.slice(PREDICTED.length)), select: 'predicted' };
}

/**
 * What of a model can be asked for by name or index: its classes; both sides of a yes or no, or of a number; every label
 * and after them what each is not.
 */
export function askableNames(scores: ModelScores): readonly string[] {
  switch (scores.task) {
    case 'multiclass':
    case 'binary':
      return scores.classes;
    case 'multilabel':
      return [...scores.classes, ...scores.classes.map(notName)];
    case 'regression':
      return sideNames(scores);
    case 'embedding':
      return ['unlike', 'like'];
  }
}

/** What is explained, before what it is compared with has been looked at. */
export type AskedScore = Exclude<Explained, { kind: 'similarity' }> | { kind: 'similarity'; side: 0 | 1 };

/** What a run is asked about, and on which images. */
export interface AskedQuestion {
  readonly explained: AskedScore;
  readonly select: ImageSelection;
}

/**
 * Reads what is to be explained of a model: a class by name or index, "not NAME", a class against another, either side of
 * a number ("higher", "lower", its name), likeness to a reference.
 *
 * Throws TesseraError 'unknown-name' offering the nearest names, 'bad-usage' for what the model's task does not have.
 */
export function chooseScore(
  scores: ModelScores,
  options: Pick<RunOptions, 'class' | 'select' | 'against' | 'reference'>,
): AskedQuestion {
  const isPredicted = options.class.startsWith(PREDICTED);
  const query = isPredicted ? options.class.slice(PREDICTED.length) : options.class;
  const select = isPredicted ? 'predicted' : options.select;
  refuseForeign(scores, options);
  return { explained: explainedBy(scores, query, options.against), select };
}

function explainedBy(scores: ModelScores, query: string, against: string | undefined): AskedScore {
  const { task, classes } = scores;
  const names = askableNames(scores);
  switch (task) {
    case 'multiclass':
      return classOrNot(classes, query, against);
    case 'binary':
      return { kind: 'side', side: sideOf(names, query) };
    case 'multilabel': {
      const index = findClass(names, withNot(names, query));
      const label = index % classes.length;
      return { kind: 'side', side: index < classes.length ? 1 : 0, label };
    }
    case 'regression':
      return { kind: 'side', side: sideOfNumber(scores, query) };
    case 'embedding':
      return { kind: 'similarity', side: /^(0|unlike)$/i.test(query.trim()) ? 0 : 1 };
  }
}

function classOrNot(classes: readonly string[], query: string, against: string | undefined): AskedScore {
  const positive = NOT.exec(query)?.[1];
  const isNegated = positive !== undefined && !classes.includes(query);
  if (isNegated && against === undefined) return { kind: 'not', index: findClass(classes, positive) };
  const index = findClass(classes, query);
  if (against === undefined) return { kind: 'class', index };
  const other = findClass(classes, against);
  if (other !== index) return { kind: 'margin', index, against: other };
  throw new TesseraError('bad-usage', `"${classes[index]}" cannot be compared with itself.`, {
    hint: 'Name another class to compare with.',
    options: ['against'],
  });
}

const NOT = /^\s*(?:not|no|non)[\s_-]+(.+)$/i;

/** "not X" is the other side where only X has a name. */
function sideOf(names: readonly string[], query: string): 0 | 1 {
  const positive = NOT.exec(query)?.[1];
  try {
    return findClass(names, query) as 0 | 1;
  } catch (error) {
    if (!(error instanceof TesseraError) || positive === undefined) throw error;
    return (1 - findClass(names, positive)) as 0 | 1;
  }
}

function withNot(names: readonly string[], query: string): string {
  const positive = NOT.exec(query)?.[1];
  return positive === undefined || names.includes(query) ? query : notName(positive);
}

/** The name of the number itself means more of it. */
function sideOfNumber(scores: ModelScores, query: string): 0 | 1 {
  const said = query.trim().toLowerCase();
  if (
    ['higher', 'high', 'up', 'more', 'value', scores.quantity, scores.output].some(
      (word) => word?.toLowerCase() === said,
    )
  )
    return 1;
  if (['lower', 'low', 'down', 'less'].includes(said)) return 0;
  const names = sideNames(scores);
  const found = names.findIndex((name, index) => name.toLowerCase() === said || String(index) === said);
  if (found >= 0) return found as 0 | 1;
  throw new TesseraError(
    'unknown-name',
    `The model tells a number, which can be explained as "${names[1]}" or "${names[0]}"; got "${query}".`,
    { hint: 'Say "higher" or "lower".' },
  );
}

/** What is explained of a model when nothing is said: more of its number, likeness; of classes one has to be named. */
export function usualClass({ task }: ModelScores): string | undefined {
  if (task === 'regression') return 'higher';
  return task === 'embedding' ? 'like' : undefined;
}

function refuseForeign(
  { task, output }: ModelScores,
  { against, reference }: Pick<RunOptions, 'against' | 'reference'>,
): void {
  if (against !== undefined && task !== 'multiclass' && task !== 'binary') {
    throw new TesseraError(
      'bad-usage',
      'One class against another can be asked of a model of several classes.',
      {
        hint: 'Leave away what it is compared with.',
      },
    );
  }
  if (task === 'embedding' && reference === undefined) {
    throw new TesseraError(
      'bad-usage',
      `The output ${output} is an embedding, a vector for comparing pictures: it has no class scores. What can be explained is the similarity to a picture, or to the mean of a folder.`,
      { hint: 'Name the picture or folder to compare with.', options: ['reference'] },
    );
  }
  if (task !== 'embedding' && reference !== undefined) {
    throw new TesseraError(
      'bad-usage',
      'Only a model that gives a vector (an embedding) is compared with a reference.',
      {
        hint: 'Leave the reference away.',
      },
    );
  }
}
