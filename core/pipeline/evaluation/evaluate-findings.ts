import { meanIndices } from '../../concepts/importance.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import type { Evaluation } from '../../metrics/evaluation.ts';
import type { Findings } from '../assemble-explanation.ts';
import type { RunStages } from '../stages/run-stages.ts';
import { evaluationStage } from '../stages/evaluation.ts';
import type { ModelIntake } from '../model-intake.ts';
import { compareCuts, isWorthComparing } from './compare-cuts.ts';
import { influenceStage } from '../stages/influence.ts';
import { rankStage, storedRankStage } from '../stages/rank.ts';

/** Images from which on another sample of them can be thought of. */
const FEWEST_IMAGES = 5;

/**
 * Evaluates what a run found, unless the options want none. The evidence for a number of concepts comes with a full
 * evaluation, and with any where it is there already; other cuts are compared in a full one, and where the concepts do not
 * carry the decision.
 */
export async function evaluateFindings(
  stages: RunStages,
  intake: ModelIntake,
  {
    evaluate: level,
    concepts,
    bank: kind,
    refine,
  }: Pick<RunOptions, 'evaluate' | 'concepts' | 'bank' | 'refine'>,
  { rows, bank, images, importances, importance }: Findings,
  explanation: Explanation,
): Promise<Evaluation | undefined> {
  if (level === 'none') return undefined;
  const evaluation = await stages.get(evaluationStage, {
    explanation,
    rows,
    conceptBank: bank.conceptBank,
    coefficients: images.coefficients,
    order: importance.order,
    imageImportance: importances.map(meanIndices),
  });
  const rank = level === 'full' ? await stages.get(rankStage) : await stages.peek(storedRankStage);
  // Sparse and refined concepts are not where the derivative is taken, the minimum of ‖A - UW‖; few images say nothing of others.
  const isMinimum = kind !== 'sparse' && !refine && explanation.images.length >= FEWEST_IMAGES;
  const influence = isMinimum ? await stages.get(influenceStage) : undefined;
  const frontier = isWorthComparing(level, evaluation, explanation)
    ? await compareCuts(stages, intake, explanation.layer, { concepts })
    : undefined;
  return {
    ...evaluation,
    ...(influence && { influence }),
    ...(rank && { rank }),
    ...(frontier && { frontier }),
  };
}
