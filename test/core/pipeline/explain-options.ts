import type { RunOptions } from '../../../core/concepts/run-options.ts';
import { explain, type ExplainOutcome } from '../../../core/pipeline/explain.ts';
import { resolveQuestion } from '../../../core/pipeline/question.ts';
import type { ModelScope, RunScope } from '../../../core/pipeline/run-context.ts';

/** Settles what the options ask and explains it. */
export async function explainOptions(
  scope: RunScope & ModelScope,
  options: RunOptions,
): Promise<ExplainOutcome> {
  return explain(scope, await resolveQuestion(scope.environment.storage, scope.intake, options), options);
}
