import { usualWay, type ConceptEdit } from '../../editing/concept-edit.ts';
import type { MendedCounts } from '../../editing/edit-frontier.ts';
import { TesseraError } from '../../errors.ts';
import type { ModelIntake } from '../model-intake.ts';
import type { FileFact } from '../question.ts';
import type { ScoredScope } from '../run-context.ts';
import { countMended, knownImages, type CountingWork } from './count-mended.ts';
import { CandidatePlanner } from './edit-candidates.ts';
import { CutActivations } from './cut-activations.ts';
import { cutOf, type EditedRun } from './plan-edit.ts';
import { requireDecisions } from './prove-edit.ts';

/** Share of the right answers that a concept may cost, taken out whole, and still be called harmless. */
const HARMLESS = 0.01;
/** The fewest right answers of which that is told. */
const FEWEST_RIGHT = 50;
/** What is left of a concept that is taken out whole, and by half. */
const LEFT = [0, 0.5];

/** What taking a concept out of the model costs, over images of all classes. */
export interface ConceptCost {
  /** Taken out whole, and by half; undefined where it cannot be taken out. */
  readonly whole: MendedCounts | undefined;
  readonly half: MendedCounts | undefined;
  /**
   * Taken out whole it breaks at most one right answer in a hundred, whatever the class; null where it cannot be taken out, or
   * fewer than 50 answers are right.
   */
  readonly isHarmless: boolean | null;
}

/** The costs of concepts in their order, and the images that they were counted on. */
export interface ConceptCosts {
  readonly images: number;
  /** How many of them the model gets right. */
  readonly right: number;
  readonly costs: readonly ConceptCost[];
}

/**
 * What taking out each concept of a run, given by its rows of the bank, does to right and wrong answers over all classes: one
 * that hardly matters for the explained class may be what another class rests on, since an edit of activations reaches all
 * scores.
 *
 * Harmless is therefore judged by taking out the whole over images of all classes, not by the importance for one. Measured on
 * seven models without a fault, 200 images of five classes each: half of a concept of the less important half of a run costs
 * up to 17.5 points of accuracy, half of a harmless one at most 0.5.
 *
 * By exact amounts and in the usual way; images whose folder names no class count for nothing. Throws TesseraError 'no-images'
 * where none does, 'bad-usage' where the model decides among no classes; the signal's reason when aborted.
 */
export async function conceptCosts(
  scope: ScoredScope & { readonly raw: ModelIntake },
  run: EditedRun,
  concepts: readonly (readonly number[])[],
  files: readonly FileFact[],
  work: CountingWork = {},
): Promise<ConceptCosts> {
  requireDecisions(scope.raw);
  const images = knownImages(scope.raw, files);
  if (images.length === 0) {
    throw new TesseraError(
      'no-images',
      'No folder of the images names a class, so that nobody knows which answers are right.',
      { hint: 'Add images in folders that are named after classes.', options: ['images'] },
    );
  }
  const how = usualWay(run.conceptBank);
  const candidates = concepts.flatMap((rows) => LEFT.map((factor) => ({ how, rows, factor }) as const));
  const raw = { ...scope, intake: scope.raw };
  const activations = new CutActivations(raw, cutOf(run), work);
  const { planned, edits, counted } = await count().finally(() => activations.dispose());
  const countOf = (at: number): MendedCounts | undefined => {
    const edit = planned[at];
    return edit && counted.edits[edits.indexOf(edit)];
  };
  const costs = concepts.map((_, at) => {
    const [whole, half] = LEFT.map((_factor, k) => countOf(LEFT.length * at + k));
    const isKnown = whole !== undefined && counted.right >= FEWEST_RIGHT;
    return { whole, half, isHarmless: isKnown ? whole.broken <= HARMLESS * counted.right : null };
  });
  return { images: images.length, right: counted.right, costs };

  async function count() {
    const planner = new CandidatePlanner(scope, run, { signal: work.signal, activations });
    const all = await planner.plan(candidates);
    const possible = all.filter((edit): edit is ConceptEdit => edit !== undefined);
    return {
      planned: all,
      edits: possible,
      counted: await countMended(raw, activations, possible, images, work),
    };
  }
}
