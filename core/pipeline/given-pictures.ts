import { TesseraError } from '../errors.ts';
import { lazyList } from '../lazy-list.ts';
import type { Lines } from '../project/line-file.ts';
import { openPredictions, type GivenImage } from '../project/predictions-file.ts';
import type { Project } from '../project/project-folder.ts';
import type { RunFile } from '../project/schema.ts';
import { factsOfRun } from './input-changes.ts';
import type { PictureAnswer } from '../score/model-scores.ts';
import type { FileFact } from './question.ts';

/** A picture that a run was given and could read, and what the model said of it. */
export interface GivenPicture {
  readonly file: FileFact;
  readonly answer: PictureAnswer;
}

/** The pictures of a finished run, each read when it is asked for. */
export interface GivenPictures {
  /** The files of the explained ones. */
  readonly explained: readonly FileFact[];
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
  const factOf = await factsOfRun(project, run);
  const ofRun = (at: number): GivenPicture => {
    const { file, predicted } = explained[at];
    return { file: factOf(file), answer: answerIn(given?.find(file)) ?? predicted };
  };
  let pictures: readonly GivenPicture[] | undefined;
  return {
    explained: lazyList(explained.length, (at) => factOf(explained[at].file)),
    // Which are explained takes a look at every name, which whoever opens a run need not wait for.
    get pictures() {
      if (pictures !== undefined) return pictures;
      const others = given === undefined ? [] : placesWithout(given, explained);
      const other = (at: number): GivenPicture => {
        const image = given!.records[others[at]];
        return { file: factOf(image.file), answer: answerIn(image)! };
      };
      const { length } = explained;
      return (pictures = lazyList(length + others.length, (at) =>
        at < length ? ofRun(at) : other(at - length),
      ));
    },
    others: record === 'damaged' ? 'damaged' : given === undefined ? 'not-kept' : 'kept',
  };
}

function answerIn(image: GivenImage | undefined): PictureAnswer | undefined {
  if (image === undefined) return undefined;
  const { index, probability, value, runnerUp, scores } = image;
  return {
    index,
    ...(probability !== undefined && { probability }),
    ...(value !== undefined && { value }),
    ...(runnerUp && { runnerUp }),
    ...(scores && { scores }),
  };
}

/** Places of the pictures that are not explained. */
function placesWithout(
  given: Lines<GivenImage>,
  explained: readonly { readonly file: string }[],
): Uint32Array {
  const isExplained = new Uint8Array(given.records.length);
  for (const { file } of explained) {
    const place = given.placeOf(file);
    if (place !== undefined) isExplained[place] = 1;
  }
  return Uint32Array.from(isExplained.keys()).filter((place) => isExplained[place] === 0);
}

async function recordOf(project: Project, run: RunFile): Promise<Lines<GivenImage> | 'damaged' | undefined> {
  try {
    return await openPredictions(project, run.id);
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-project') return 'damaged';
    throw error;
  }
}
