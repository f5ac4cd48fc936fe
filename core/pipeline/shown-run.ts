import type { Explanation } from '../concepts/explanation.ts';
import type { StoredOwnConcept } from '../concepts/own/own-concept.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { loadOwnConcepts } from '../project/own-concepts-file.ts';
import type { Project } from '../project/project-folder.ts';
import { loadNotes, withGivenNames, type NotesFile } from '../project/run-notes.ts';
import type { RunTensors } from '../project/run-tensors.ts';
import { loadRunTensors } from '../project/tensors-file.ts';
import type { FinishedRun } from './bank-merges.ts';
import { furtherConcepts, type FurtherConcept } from './further-concepts.ts';
import { loadMerges, mergedRun, type Merge } from './merged-run.ts';
import { runBoxes } from './run-boxes.ts';
import { runPreprocessing } from './run-preprocessing.ts';

/** A finished run as it is shown: merged concepts as one, all by the names that a person gave, and own concepts. */
export interface LoadedShown {
  readonly explanation: Explanation;
  /** Its arrays, with merged concepts as one. */
  readonly tensors: RunTensors;
  /** U(x) [positions, r] of each explained image as the run found it, every concept by itself. */
  readonly found: readonly Matrix[];
  readonly merges: readonly Merge[];
  readonly conceptBank: CodedBank;
  /** By the names that a person gave. */
  readonly own: readonly StoredOwnConcept[];
  /** Merged and own concepts, whose figures follow those of the bank. */
  readonly further: readonly FurtherConcept[];
  readonly notes: NotesFile;
}

/** Reads what is shown of a finished run; what is merged and not computed for it stands by itself. */
export async function loadShownRun(project: Project, run: FinishedRun): Promise<LoadedShown> {
  const notes = await loadNotes(project, run.id);
  const { known } = await loadMerges(project, run, notes);
  const tensors = await loadRunTensors(project, run.id);
  const preprocessing = runPreprocessing(project, run);
  const boxes = runBoxes(run.explanation, run, preprocessing);
  const found = { explanation: run.explanation, tensors };
  const shown = mergedRun(found, known, { boxes, seed: run.options.seed });
  const own = (await loadOwnConcepts(project, run)).map((one) => ({
    ...one,
    concept: { ...one.concept, name: notes.names[one.concept.id] ?? one.concept.name },
  }));
  return {
    explanation: withGivenNames(shown.explanation, notes),
    tensors: shown.tensors,
    found: tensors.coefficients,
    merges: known,
    conceptBank: tensors.conceptBank,
    own,
    further: furtherConcepts(known, own),
    notes,
  };
}
