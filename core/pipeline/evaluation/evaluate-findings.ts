import { meanIndices } from '../../concepts/importance.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import type { Evaluation } from '../../metrics/evaluation.ts';
import type { Findings } from '../assemble-explanation.ts';
import type { RunStages } from '../stages/run-stages.ts';
import { evaluationStage } from '../stages/evaluation.ts';
import type { ModelIntake } from '../model-intake.ts';
import { compareCuts, isWorthComparing } from './compare-cuts.ts';
import { rankStage, storedRankStage } from '../stages/rank.ts';

/**
 * Evaluates what a run found, unless the options want none. The evidence for a number of concepts comes with a full
 * evaluation, and with any where it is there already; other cuts are compared in a full one, and where the concepts do not
 * carry the decision.
 */
export async function evaluateFindings(
  stages: RunStages,
  intake: ModelIntake,
  { evaluate: level, concepts }: Pick<RunOptions, 'evaluate' | 'concepts'>,
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
  const frontier = isWorthComparing(level, evaluation, explanation)
    ? await compareCuts(stages, intake, explanation.layer, { concepts })
    : undefined;
  return { ...evaluation, ...(rank && { rank }), ...(frontier && { frontier }) };
}
