import type { ConceptEdit } from '../../editing/concept-edit.ts';
import { editedActivations } from '../../editing/edited-activations.ts';
import type { MendedCounts } from '../../editing/edit-frontier.ts';
import { truthFinder } from '../../images/folder-class.ts';
import { rowView } from '../../linalg/matrix.ts';
import { tensorMatrix } from '../../linalg/matrix-tensor.ts';
import { answerOf } from '../../score/model-scores.ts';
import type { Tensor } from '../../tensor.ts';
import type { ModelIntake } from '../model-intake.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import type { FileFact } from '../question.ts';
import type { ModelScope } from '../run-context.ts';
import type { CutActivations } from './cut-activations.ts';
import { classNames } from './prove-edit.ts';

/** A picture of which it is known what the model should say. */
export interface KnownImage {
  readonly file: FileFact;
  /** Index of the right answer. */
  readonly truth: number;
}

/** Those of some files whose folder names a class of the model. */
export function knownImages(model: ModelIntake, files: readonly FileFact[]): KnownImage[] {
  const truthOf = truthFinder(classNames(model));
  return files.flatMap((file) => {
    const truth = truthOf(file);
    return truth === undefined ? [] : [{ file, truth }];
  });
}

/** What edits do to decisions, and how many of those were right before. */
export interface MendedDecisions {
  readonly right: number;
  readonly edits: readonly MendedCounts[];
}

/** Hears how many images are done, and stops the work. */
export interface CountingWork {
  readonly signal?: AbortSignal | undefined;
  readonly onImage?: (done: number, total: number) => void;
}

/**
 * What each of some edits at one cut does to the decisions on images: each image goes through the model up to the cut once at
 * most, whatever the number of edits, and `edits.length + 1` times through the rest. By exact amounts, without writing a model.
 *
 * `activations` are those at the cut of the edits' bank. Images that cannot be read count for none. Throws the signal's reason
 * when aborted.
 */
export async function countMended(
  scope: ModelScope,
  activations: CutActivations,
  edits: readonly ConceptEdit[],
  images: readonly KnownImage[],
  { signal, onImage }: CountingWork = {},
): Promise<MendedDecisions> {
  const { intake } = scope;
  const { layer } = activations.cut;
  const head = runnerFor(scope, cutAt(intake, layer).head);
  const answers = async (own: Tensor<'float32'>): Promise<number[]> => {
    const scores = tensorMatrix(await head.run(own));
    return Array.from({ length: scores.rows }, (_, i) => answerOf(intake.scores, rowView(scores, i)).index);
  };
  const needsCodes = edits.some(({ how }) => how !== 'project');
  const counts = edits.map(() => ({ mended: 0, broken: 0 }));
  let right = 0;
  try {
    for await (const some of activations.of(images.map(({ file }) => file))) {
      const truths = some.at.map((place) => images[place].truth);
      const before = await answers(some.activations);
      right += before.filter((answer, i) => answer === truths[i]).length;
      const codes = needsCodes ? await some.amounts() : undefined;
      for (const [at, edit] of edits.entries()) {
        signal?.throwIfAborted();
        const after = await answers(await editedActivations(some.activations, layer, edit, codes));
        truths.forEach((truth, i) => {
          if (before[i] !== truth && after[i] === truth) counts[at].mended++;
          if (before[i] === truth && after[i] !== truth) counts[at].broken++;
        });
      }
      onImage?.(some.at[some.at.length - 1] + 1, images.length);
    }
    onImage?.(images.length, images.length);
    return { right, edits: counts };
  } finally {
    await head.dispose();
  }
}
