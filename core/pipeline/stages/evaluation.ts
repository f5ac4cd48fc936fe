import type { Evaluation } from '../../metrics/evaluation.ts';
import type { Json } from '../../project/canonical-json.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import type { EvaluationSubject } from '../evaluation/plan.ts';
import { invariant } from '../../errors.ts';
import { defineStage } from '../stage.ts';
import { coefficientsStage } from './coefficients.ts';
import { importanceStage } from './importance.ts';
import { predictionsStage } from './predictions.ts';
import { rowsStage } from './rows.ts';

/**
 * How far the explanation can be trusted, at the level that the options ask for; the request puts the results of its
 * inputs together.
 */
export const evaluationStage = defineStage({
  name: 'evaluation',
  inputs: {
    predictions: predictionsStage,
    rows: rowsStage,
    coefficients: coefficientsStage,
    importance: importanceStage,
  },
  facts: ['labels'],
  version: 5,
  compute: async (context, subject: EvaluationSubject): Promise<Evaluation> => {
    const { evaluate: level } = context.options;
    invariant(level !== 'none', 'an evaluation that is not wanted');
    const { value } = await context.entry.get(0, async () => ({
      tensors: new Map(),
      value: (await evaluate(context, subject, level)) as unknown as Json,
    }));
    return value as unknown as Evaluation;
  },
});
