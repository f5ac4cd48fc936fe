import type { Concept, ExplainedMistake } from '../../concepts/explanation.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { namedAnswer } from '../../score/named-answer.ts';
import { causesOf, whyNot } from '../../concepts/why-not.ts';
import { matrix, rowView, type Matrix } from '../../linalg/matrix.ts';
import { matrixTensor, tensorMatrix } from '../../linalg/matrix-tensor.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { openAblator } from '../ablator.ts';
import { truthFinder } from '../../images/folder-class.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';
import { isExplained } from '../../score/decision.ts';
import type { Prediction } from '../prediction.ts';

/** Mistakes that are looked into. */
const LOOKED_INTO = 12;

/** A picture that its folder contradicts. */
interface Mistake extends Prediction {
  readonly truth: number;
}

/** Mistakes about the explained class and what each concept has to do with them: [m], margins [m], changes [m, r]. */
export interface Mistakes {
  readonly mistakes: readonly Mistake[];
  readonly margins: Float32Array;
  readonly changes: Matrix;
}

/**
 * Asks "why not the folder's class?" of the most confident mistakes that take the explained class for another, or
 * another for it, among all pictures that were given.
 */
export const mistakesStage = defineStage({
  name: 'mistakes',
  inputs: { bank: bankStage },
  facts: ['files', 'labels', 'classIndex', 'answers'],
  version: 3,
  compute: lookInto,
});

type Context = StageContext<
  'mistakes',
  'intake' | 'device' | 'layer' | 'images' | 'files' | 'labels' | 'classIndex' | 'answers',
  { readonly bank: typeof bankStage }
>;

async function lookInto(context: Context): Promise<Mistakes> {
  const { layer, files, inputs, onProgress, signal } = context;
  const { conceptBank } = inputs.bank;
  const mistakes = mistakesAbout(context);
  const r = conceptBank.rows;
  const { tensors } = await context.entry.get(0, async () => {
    const margins = new Float32Array(mistakes.length);
    const changes = matrix(mistakes.length, r);
    const ablator = openAblator(context, { layer, conceptBank, files: [], coefficients: [] });
    try {
      for (const [row, { at, index, truth }] of mistakes.entries()) {
        signal?.throwIfAborted();
        const picture = await ablator.picture(files[at]);
        const found = await whyNot(picture, context.intake.score, r, { ahead: index, other: truth });
        margins[row] = found.margin;
        changes.data.set(found.changes, row * r);
        onProgress({ stage: 'mistakes', done: row + 1, total: mistakes.length });
      }
    } finally {
      await ablator.dispose();
    }
    return {
      tensors: new Map<string, Tensor>([
        ['margins', float32(margins, [mistakes.length])],
        ['changes', matrixTensor(changes)],
      ]),
      value: null,
    };
  });
  return {
    mistakes,
    margins: tensors.get('margins')!.data as Float32Array,
    changes: tensorMatrix(tensors.get('changes') as Tensor<'float32'>),
  };
}

function mistakesAbout({ files, labels, intake: { score }, answers }: Context): Mistake[] {
  const truthOf = truthFinder(labels.names);
  return answers
    .map((prediction) => ({ ...prediction, truth: truthOf(files[prediction.at]) }))
    .filter(
      (own): own is Mistake =>
        own.truth !== undefined &&
        own.truth !== own.index &&
        (isExplained(score, own.truth) || isExplained(score, own.index)),
    )
    .sort((a, b) => (b.probability ?? 0) - (a.probability ?? 0) || a.at - b.at)
    .slice(0, LOOKED_INTO);
}

/** The mistakes for people, by concept id. */
export function explainedMistakes(
  { mistakes, margins, changes }: Mistakes,
  files: readonly { readonly path: string }[],
  names: readonly string[],
  concepts: readonly Concept[],
): ExplainedMistake[] {
  return mistakes.map(({ at, truth, ...answer }, row) => {
    const own = rowView(changes, row);
    return {
      file: files[at].path,
      truth: { index: truth, name: names[truth] },
      predicted: namedAnswer(names, answer),
      margin: margins[row],
      causes: causesOf(concepts, (id) => own[rowOfId(id)]),
    };
  });
}
