import { meanIndicesOf } from '../../concepts/importance.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import type { Evaluation } from '../../metrics/evaluation.ts';
import type { Findings } from '../assemble-explanation.ts';
import type { RunStages } from '../stages/run-stages.ts';
import { evaluationStage } from '../stages/evaluation.ts';
import type { ModelIntake } from '../model-intake.ts';
import { furtherEvidence } from './further-evidence.ts';

/** Evaluates what a run found, unless the options want none. */
export async function evaluateFindings(
  stages: RunStages,
  intake: ModelIntake,
  options: Pick<RunOptions, 'evaluate' | 'concepts' | 'bank' | 'refine' | 'sharing'>,
  { rows, bank, images, importances, importance }: Findings,
  explanation: Explanation,
): Promise<Evaluation | undefined> {
  const { evaluate: level } = options;
  if (level === 'none') return undefined;
  const figures = await stages.get(evaluationStage, {
    explanation,
    rows,
    conceptBank: bank.conceptBank,
    coefficients: images.coefficients,
    order: importance.order,
    imageImportance: meanIndicesOf(importances),
  });
  const { coefficients } = images;
  const subject = { explanation, coefficients };
  return { ...figures, ...(await furtherEvidence(stages, intake, level, options, figures, subject)) };
}
