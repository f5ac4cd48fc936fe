import type { EditWay } from './concept-edit.ts';
import { editVerdict, restingText, type EditCounts } from '../wording/edit-words.ts';
import type { JudgedDecisions, JudgedSide } from './judged-decisions.ts';

/** A concept that an edit changed, and the factor of its amount. */
export interface EditedConcept {
  readonly id: string;
  readonly name: string;
  readonly factor: number;
}

/** How much the score of a class changes on average over images, in the units of the raw score. */
export interface ScoreChange {
  readonly index: number;
  readonly name: string;
  readonly mean: number;
  /** Mean over images of the absolute change. */
  readonly absolute: number;
}

/** What an edit does on some images: those that the run was given, or others that were held out. */
export interface ProofSet extends JudgedDecisions {
  readonly kind: 'run' | 'held-out';
  /** The folders as they were named. */
  readonly folders: readonly string[];
  readonly scores: readonly ScoreChange[];
  /** By columns of a table and marked objects that were asked for: with and without a cue, for example. */
  readonly sides: readonly JudgedSide[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Images of the folders that the run had and that were therefore not counted as held out. */
  readonly known: number;
}

/** Everything that is known of an edited model, for the command line, the report and the window. */
export interface EditProof {
  readonly model: { readonly path: string; readonly sha256: string };
  readonly edited: {
    readonly sha256: string;
    readonly bytes: number;
    readonly nodes: number;
    readonly isInlined: boolean;
  };
  readonly run: { readonly id: string; readonly project: string; readonly className: string };
  readonly layer: string;
  readonly how: EditWay;
  readonly concepts: readonly EditedConcept[];
  /** Share of the largest amount of the run up to which a concept is left alone. */
  readonly above?: number;
  /** The only class whose score is edited. */
  readonly onlyClass?: string;
  /** Images whose mean took the place of the amounts. */
  readonly without?: { readonly kind: 'others' | 'least'; readonly images: number };
  /** Of the classes that answers are indices of. */
  readonly classes: readonly string[];
  readonly sets: readonly ProofSet[];
  /** Scores of the file beside those of the same edit by exact amounts, as "what if" shows them. */
  readonly check: { readonly images: number; readonly largest: number; readonly steps: number };
  /** Milliseconds an image, one at a time, on the processor; `ratio` where the machine was quiet enough to tell. */
  readonly time: { readonly before: number; readonly after: number; readonly ratio?: number };
  /** What a person should know beside the numbers. */
  readonly notices: readonly string[];
  /** Other outputs of the file that follow from the edited tensor, and so change too. */
  readonly alsoChanged: readonly string[];
}

/** The set that a verdict is about: what was held out, where anything was. */
export function judgedSet({ sets }: Pick<EditProof, 'sets'>): ProofSet {
  return sets.find(({ kind }) => kind === 'held-out') ?? sets[0];
}

/** What an edit did to decisions whose right answer is known; undefined where no folder names a class. */
export function countsOf({ all, fixed, broken }: ProofSet): EditCounts | undefined {
  if (all === undefined) return undefined;
  const { right } = all.before;
  return { fixed: fixed.length, broken: broken.length, right, wrong: all.images - right };
}

/** "fixes 41 of 53 mistakes, breaks 2 of 280 right answers"; null where no folder names a class. */
export function verdictOf(set: ProofSet): string | null {
  const counts = countsOf(set);
  return counts === undefined ? null : editVerdict(counts);
}

/** Right answers that a class loses in all, of images or of a share of them, from which on it is told. */
const [MOST_LOST, MOST_LOST_SHARE] = [1, 0.01];

/**
 * Says in words which other classes than the explained one lose right answers by an edit, those that lose most first; of the
 * first of the sets in which any does. Nothing where none loses more than one, or more than 1 in 100.
 */
export function restingNotices(
  sets: readonly ProofSet[],
  about: { readonly explained: string; readonly isAlone: boolean },
): string[] {
  for (const { byClass, scores } of sets) {
    const losing = byClass
      .filter(({ name }) => name !== about.explained)
      .map(({ name, images, before, after }) => ({
        name,
        images,
        right: before.right,
        lost: before.right - after.right,
      }))
      .filter(({ lost, images }) => lost > MOST_LOST && lost > MOST_LOST_SHARE * images)
      .sort((a, b) => b.lost - a.lost);
    // Of one number for all classes none can be edited by itself.
    const isAlone = about.isAlone || scores.length < 2;
    if (losing.length > 0) return [restingText(losing, { ...about, isAlone })];
  }
  return [];
}
