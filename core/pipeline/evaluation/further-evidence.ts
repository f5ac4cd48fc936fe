import { isAtMinimum } from '../../concepts/bank.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { Evaluation, EvaluationLevel } from '../../metrics/evaluation.ts';
import type { ModelIntake } from '../model-intake.ts';
import type { Facts } from '../stage.ts';
import type { Stages } from '../stage-runner.ts';
import { influenceStage } from '../stages/influence.ts';
import { rankStage, storedRankStage } from '../stages/rank.ts';
import { distinctImages, firstAlike } from './alike-images.ts';
import { compareCuts, isWorthComparing } from './compare-cuts.ts';

/** Images, without copies, from which on another sample of them can be thought of. */
const FEWEST_IMAGES = 5;

/** What an evaluation has beside its figures, each made by a stage of its own. */
export type FurtherEvidence = Pick<Evaluation, 'rank' | 'influence' | 'frontier'>;

/**
 * What belongs to an evaluation of a level beside its figures, whether the run makes it or a person asks for it later; the
 * stages must be open with this level. The evidence for a number of concepts comes with a full evaluation, and with any
 * where it is there already; other cuts are compared in a full one, and where the concepts do not carry the decision. Where
 * concepts are those of all classes, none of this is asked of one class.
 */
export async function furtherEvidence(
  stages: Stages<
    Extract<keyof Facts, 'intake' | 'device' | 'layer' | 'classIndex' | 'images' | 'sharedBank'>
  >,
  intake: ModelIntake,
  level: EvaluationLevel,
  options: Pick<RunOptions, 'concepts' | 'bank' | 'refine' | 'sharing'>,
  figures: Pick<Evaluation, 'heldOut'>,
  {
    explanation,
    coefficients,
  }: { readonly explanation: Explanation; readonly coefficients: readonly Matrix[] },
): Promise<FurtherEvidence> {
  if (options.sharing === 'shared') return {};
  const rank = level === 'full' ? await stages.get(rankStage) : await stages.peek(storedRankStage);
  const distinct = distinctImages(firstAlike(explanation.images, coefficients)).length;
  const isFound = isAtMinimum(options) && distinct >= FEWEST_IMAGES;
  const influence = isFound ? await stages.get(influenceStage) : undefined;
  const frontier = isWorthComparing(level, figures, explanation)
    ? await compareCuts(stages, intake, explanation.layer, options, level !== 'full')
    : undefined;
  return { ...(influence && { influence }), ...(rank && { rank }), ...(frontier && { frontier }) };
}
