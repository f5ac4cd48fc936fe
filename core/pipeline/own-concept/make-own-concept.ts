import type { SkippedFile } from '../../concepts/explanation.ts';
import type { RunTensors } from '../../project/run-tensors.ts';
import type { FinishedRun } from '../bank-merges.ts';
import { requireSameImages } from '../input-changes.ts';
import type { ScoredScope, WorkScope } from '../run-context.ts';
import { seekDirection, type FoundDirection } from './define-own-concept.ts';
import type { OwnConceptQuestion } from './examples.ts';
import { ownInRun, stepsOfOwn, type OwnInRun } from './own-in-run.ts';

/** An own concept as it was made, without the id that it is kept by, and pictures that were of no use. */
export interface MadeOwnConcept extends OwnInRun {
  /** For other runs of the bank. */
  readonly definition: Omit<FoundDirection, 'skipped'>;
  readonly skipped: readonly SkippedFile[];
}

/**
 * Makes a concept of a person's examples at the cut of a finished run: fits a direction to them (define-own-concept.ts), and
 * says what it does to the score beside the concepts of the run (own-in-run.ts).
 *
 * Throws   TesseraError 'bad-usage' and 'no-images' as {@link seekDirection}, 'bad-image' where the run's pictures are not
 *          what they were; the signal's reason when aborted.
 * Limits   the direction is one for all positions of the layer. Examples that share more than the concept, as their
 *          background, give a direction of that too.
 */
export async function makeOwnConcept(
  scope: ScoredScope & WorkScope,
  run: FinishedRun,
  tensors: Pick<RunTensors, 'conceptBank'>,
  question: OwnConceptQuestion,
): Promise<MadeOwnConcept> {
  await requireSameImages(scope.project, run);
  const sought = await seekDirection(scope, run, question);
  const step = stepper(scope, sought.steps + stepsOfOwn(run));
  const { skipped, ...definition } = await sought.find(step);
  const made = await ownInRun(scope, run, tensors, definition, () => step(1));
  return { ...made, definition, skipped };
}

/** One count for all that is done. */
export function stepper({ onProgress, signal }: Pick<WorkScope, 'onProgress' | 'signal'>, total: number) {
  let done = 0;
  const onDone = (count: number): void => {
    signal?.throwIfAborted();
    done += count;
    onProgress({ stage: 'own-concept', done, total });
  };
  onDone(0);
  return onDone;
}
