import { loadPredictions } from '../project/predictions-file.ts';
import type { Project } from '../project/project-folder.ts';
import type { RunFile } from '../project/schema.ts';
import { asRunFound } from './input-changes.ts';
import type { PictureAnswer } from './picture-answers.ts';
import type { FileFact } from './question.ts';

/** A picture that a run was given and could read, and what the model said of it. */
export interface GivenPicture {
  readonly file: FileFact;
  readonly answer: PictureAnswer;
}

/** The pictures of a finished run. */
export interface GivenPictures {
  /** The explained ones in the order of the run's arrays, after them the others in the order of the scan. */
  readonly pictures: readonly GivenPicture[];
  /** False for a run of before the others were kept: then these are the explained ones alone. */
  readonly isComplete: boolean;
}

/** Every picture that a finished run was given, explained or not. Throws 'bad-project' for a damaged record. */
export async function givenPictures(project: Project, run: RunFile): Promise<GivenPictures> {
  const explained = run.explanation?.images ?? [];
  const given = await loadPredictions(project, run.id);
  const answers = new Map(given?.map(({ file, ...answer }) => [file, answer]));
  const ofRun = explained.map(({ file, predicted: { index, probability } }) => ({
    file,
    answer: answers.get(file) ?? { index, probability },
  }));
  const isExplained = new Set(explained.map(({ file }) => file));
  const others = (given ?? [])
    .filter(({ file }) => !isExplained.has(file))
    .map(({ file, ...answer }) => ({ file, answer }));
  const all = [...ofRun, ...others];
  const files = await asRunFound(project, run, all);
  return {
    pictures: all.map(({ answer }, at) => ({ file: files[at], answer })),
    isComplete: given !== undefined,
  };
}
