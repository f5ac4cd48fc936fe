import { TesseraError } from '../errors.ts';
import { loadPredictions, type GivenImage } from '../project/predictions-file.ts';
import type { Project } from '../project/project-folder.ts';
import type { RunFile } from '../project/schema.ts';
import { asRunFound } from './input-changes.ts';
import type { PictureAnswer } from '../score/model-scores.ts';
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
  /** Are the others among them? Not in a run of before they were kept, and not where the record of them is damaged. */
  readonly others: 'kept' | 'not-kept' | 'damaged';
}

/** Every picture that a finished run was given, explained or not, as far as that is known. */
export async function givenPictures(project: Project, run: RunFile): Promise<GivenPictures> {
  const explained = run.explanation?.images ?? [];
  const record = await recordOf(project, run);
  const given = record === 'damaged' ? undefined : record;
  const answers = new Map(given?.map(({ file, ...answer }) => [file, answer]));
  const ofRun = explained.map(({ file, predicted }) => ({
    file,
    answer: answers.get(file) ?? predicted,
  }));
  const isExplained = new Set(explained.map(({ file }) => file));
  const others = (given ?? [])
    .filter(({ file }) => !isExplained.has(file))
    .map(({ file, ...answer }) => ({ file, answer }));
  const all = [...ofRun, ...others];
  const files = await asRunFound(project, run, all);
  return {
    pictures: all.map(({ answer }, at) => ({ file: files[at], answer })),
    others: record === 'damaged' ? 'damaged' : given === undefined ? 'not-kept' : 'kept',
  };
}

async function recordOf(project: Project, run: RunFile): Promise<GivenImage[] | 'damaged' | undefined> {
  try {
    return await loadPredictions(project, run.id);
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-project') return 'damaged';
    throw error;
  }
}
