import { TesseraError } from '../errors.ts';
import { isScoreRow, type OutputFacts } from '../onnx/score/output-roles.ts';
import type { ModelScores } from '../score/model-scores.ts';
import type { LabelFinder, OutputChoice } from './choose-output.ts';

/**
 * The output that a finished run explains: the recorded one, else as it was found before that was recorded: the first
 * with one number a class, as the file gives it, its last activation included.
 */
export async function earlierChoice(
  outputs: readonly OutputFacts[],
  recorded: { readonly scores?: ModelScores },
  labelsOf: LabelFinder,
): Promise<OutputChoice> {
  const known = recorded.scores;
  const facts =
    known === undefined ? outputs.find(isScoreRow) : outputs.find(({ name }) => name === known.output);
  if (facts === undefined || facts.width === undefined) {
    throw new TesseraError('bad-model', 'The model no longer gives the output that this run explains.', {
      hint: 'Put the model back, or explain the new one.',
    });
  }
  if (known !== undefined) {
    return { kind: 'chosen', facts, scores: known, labels: { names: known.classes, source: 'the run' } };
  }
  const labels = (await labelsOf(facts.name, facts.width, true))!;
  const { name: output, width } = facts;
  const activation = facts.activation === 'none' ? 'none' : 'kept';
  return {
    kind: 'chosen',
    facts,
    scores: { output, task: 'multiclass', activation, classes: labels.names, width },
    labels,
  };
}
