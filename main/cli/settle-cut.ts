import type { RunOptions } from '../../core/concepts/run-options.ts';
import { TesseraError } from '../../core/errors.ts';
import { chooseFromFrontier } from '../../core/metrics/frontier.ts';
import { chooseLayer } from '../../core/pipeline/choose-layer.ts';
import { frontierOfQuestion } from '../../core/pipeline/evaluation/evaluate-run.ts';
import type { OpenQuestion, Question } from '../../core/pipeline/question.ts';
import type { RunScope } from '../../core/pipeline/run-context.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { percentText } from '../../core/wording/number-text.ts';

/** Asks for the cut that a comparison argues for. */
export const AUTO_LAYER = 'auto';

/** The question and the options once it is known where the model is cut, and into how many concepts. */
interface Settled {
  readonly question: Question;
  readonly options: RunOptions;
}

/**
 * Compares cuts for the question and takes the best of those with the number of concepts that is asked for; with
 * `concepts` 'auto' the best of all. What it took is said on stderr and recorded as if it had been asked for.
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
  const { points = [] } = (await frontierOfQuestion(scope, question, options)) ?? {};
  const fitting = options.concepts === 'auto' ? points : points.filter(({ r }) => r === options.concepts);
  const best = chooseFromFrontier(fitting);
  if (best === undefined) {
    throw new TesseraError(
      'bad-usage',
      'There is nothing to compare layers by: it takes two images or more, a score that concepts move, and layers that hold as many concepts.',
      { hint: 'Name the layer, or ask for fewer concepts.', options: ['layer', 'concepts'] },
    );
  }
  const { layer, r, rest, active } = best;
  console.error(
    `Of ${countOf(fitting.length, 'choice')} compared: ${layer} with ${countOf(r, 'concept')}, which ${r === 1 ? 'leaves' : 'leave'} a rest of ${percentText(rest.mean)}; ${active.toFixed(1)} are active in an image.`,
  );
  return {
    question: { ...question, layer: chooseLayer(question.intake, layer) },
    options: { ...options, layer, concepts: r },
  };
}
