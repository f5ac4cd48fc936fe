import type { RunOptions } from '../../core/concepts/run-options.ts';
import { TesseraError } from '../../core/errors.ts';
import { chooseFromFrontier } from '../../core/metrics/frontier.ts';
import type { ExplainOutcome } from '../../core/pipeline/explain.ts';
import { saveEvaluation } from '../../core/project/evaluation-file.ts';
import { saveRun } from '../../core/project/project-folder.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { chooseLayer } from '../../core/pipeline/choose-layer.ts';
import { frontierOfQuestion } from '../../core/pipeline/evaluation/evaluate-run.ts';
import type { OpenQuestion, Question } from '../../core/pipeline/question.ts';
import type { RunScope } from '../../core/pipeline/run-context.ts';
import { conceptsText } from '../../core/wording/bank-words.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { percentText } from '../../core/wording/number-text.ts';

/** Asks for the cut that a comparison argues for. */
export const AUTO_LAYER = 'auto';

/** The question and the options once it is known where the model is cut, and into how many concepts. */
interface Settled {
  readonly question: Question;
  readonly options: RunOptions;
  readonly comparison: Comparison;
}

/** What was compared, and what it settled. */
type Comparison = NonNullable<RunFile['comparison']>;

/** The outcome of a run with the comparison that led to its layer, kept with the run, and with its evaluation if it has one. */
export async function withComparison(
  outcome: ExplainOutcome,
  comparison: Comparison,
): Promise<ExplainOutcome> {
  const run = { ...outcome.run, comparison };
  await saveRun(outcome.project, run);
  if (outcome.evaluation === undefined) return { ...outcome, run };
  const evaluation = { ...outcome.evaluation, frontier: comparison.frontier };
  await saveEvaluation(outcome.project, run.id, evaluation);
  return { ...outcome, run, evaluation };
}

/**
 * Compares cuts for the question and takes the best of those with the number of concepts that is asked for; with
 * `concepts` 'auto' the best of all. What it took is said on stderr and recorded among the options, beside the comparison.
 *
 * Throws TesseraError 'bad-usage' for several classes at once, and where there is nothing to compare.
 */
export async function settleCut(
  scope: RunScope,
  question: Question | OpenQuestion,
  options: RunOptions,
): Promise<Settled> {
  if (!('explained' in question)) {
    throw new TesseraError('bad-usage', 'Layers are compared for one class at a time, not for all.', {
      hint: 'Name the class, or the layer.',
      options: ['class', 'layer'],
    });
  }
  const frontier = await frontierOfQuestion(scope, question, options);
  const points = frontier?.points ?? [];
  const fitting =
    options.concepts === 'auto'
      ? points
      : points.filter(({ r, bank }) => r === options.concepts && bank === options.bank);
  const best = chooseFromFrontier(fitting);
  if (frontier === undefined || best === undefined) {
    throw new TesseraError(
      'bad-usage',
      'There is nothing to compare layers by: it takes two images or more, a score that concepts move, and layers that hold as many concepts.',
      { hint: 'Name the layer, or ask for fewer concepts.', options: ['layer', 'concepts'] },
    );
  }
  const { layer, r, bank, rest, active } = best;
  console.error(
    `Of ${countOf(fitting.length, 'choice')} compared: ${layer} with ${conceptsText(best)}, which ${r === 1 ? 'leaves' : 'leave'} ${percentText(rest.mean)} that no concept explains; ${active.toFixed(1)} are active in an image.`,
  );
  return {
    question: { ...question, layer: chooseLayer(question.intake, layer) },
    options: { ...options, layer, concepts: r, bank },
    comparison: {
      settled: options.concepts === 'auto' ? ['layer', 'concepts', 'bank'] : ['layer'],
      frontier,
    },
  };
}
