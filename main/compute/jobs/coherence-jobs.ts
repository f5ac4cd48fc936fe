import { TesseraError } from '../../../core/errors.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { loadShownRun } from '../../../core/pipeline/shown-run.ts';
import { runCrops } from '../../../core/pipeline/study/run-crops.ts';
import { addCheckAnswer, loadCheckAnswers } from '../../../core/project/coherence-file.ts';
import {
  coherenceOf,
  drawCheck,
  shownKey,
  type CheckAnswer,
  type CheckNumber,
} from '../../../core/study/coherence-check.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun } from './opened-runs.ts';

/** The analyst's own test of whether concepts hold together. */
export function coherenceJobs(
  environment: Environment,
  openRun: OpenRun,
): Jobs<'listCoherence' | 'drawCoherenceCheck' | 'answerCoherenceSet'> {
  const read = async (question: RunQuestion) => {
    const { project, run } = await openRun(question);
    const shown = await loadShownRun(project, run);
    const { concepts } = await runCrops(project, { run, shown });
    const keys = new Map(shown.explanation.concepts.map((one) => [one.id, shownKey(one)]));
    return { project, run, concepts, keyOf: (id: string): string => keys.get(id) ?? id };
  };
  return {
    async listCoherence({ folder, key, runId }) {
      const { project, concepts, keyOf } = await read({ folder, key, runId });
      const answers = await loadCheckAnswers(project, runId);
      return concepts.flatMap(({ id, name }) => {
        const found = coherenceOf(keyOf(id), answers);
        return found === undefined ? [] : [{ concept: id, name, ...found }];
      });
    },

    async drawCoherenceCheck({ folder, key, runId, size }) {
      const { project, concepts } = await read({ folder, key, runId });
      const answers = await loadCheckAnswers(project, runId);
      const { check, answered } = nextCheck(answers, size, (one) => drawCheck(concepts, one).length);
      const sets = drawCheck(concepts, check);
      if (sets.length === 0) {
        throw new TesseraError('no-images', 'No concept of the run has crops enough for a check.', {
          hint: 'Each needs four images in which it is strong, and others in which it is weak: explain more images.',
        });
      }
      const idOf = ({ picture: image, box }: (typeof sets)[number]['crops'][number]) =>
        pictureId({ kind: 'crop', project: key, run: runId, image, box });
      return { ...check, answered, sets: sets.map(({ crops }) => crops.map(idOf)) };
    },

    async answerCoherenceSet({ folder, key, runId, number, size, set, crop }) {
      const { project, concepts, keyOf } = await read({ folder, key, runId });
      const asked = drawCheck(concepts, { number, size }).at(set);
      if (asked === undefined) {
        throw new TesseraError(
          'unknown-name',
          'The concepts of the run have changed since this check was drawn.',
          {
            hint: 'Begin the check again; answers that were given are kept.',
          },
        );
      }
      const isFound = crop === asked.intruder;
      const concept = keyOf(asked.concept.id);
      await addCheckAnswer(project, environment.self, runId, { number, size, set, concept, isFound });
      return isFound;
    },
  };
}

/** The last check of its size, where it was not finished; else one with the next number. */
function nextCheck(
  answers: readonly CheckAnswer[],
  size: CheckNumber['size'],
  setsOf: (check: CheckNumber) => number,
): { readonly check: CheckNumber; readonly answered: number } {
  const last = answers.findLast((one) => one.size === size);
  if (last !== undefined) {
    const check = { number: last.number, size };
    const own = answers.filter((one) => one.size === size && one.number === last.number);
    // Sets are answered in their order.
    if (own.length < setsOf(check)) return { check, answered: own.length };
  }
  return { check: { number: Math.max(0, ...answers.map(({ number }) => number)) + 1, size }, answered: 0 };
}
