import type { Explanation } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import type { GivenImage } from '../project/predictions-file.ts';
import type { ProjectFile, RunFile } from '../project/schema.ts';
import { withGivenNames, type NotesFile } from '../project/run-notes.ts';
import { UNFINISHED_HINT, unfinishedText } from '../wording/unfinished-words.ts';
import { asShown } from './as-shown.ts';
import type { OwnInWords } from './own-in-words.ts';

/** A picture on the page: always a `data:image/…` URL, never an address. */
export type PictureUrl = string;

/** One crop of a gallery. */
export interface CropPicture {
  readonly src: PictureUrl;
  /** Index into {@link Explanation.images}. */
  readonly image: number;
  readonly coefficient: number;
}

/** One example: the picture, and the same under the map of the concept. */
export interface ExamplePicture {
  readonly src: PictureUrl;
  readonly map: PictureUrl;
  /** The same by the run's further methods, in their order. */
  readonly furtherMaps?: readonly PictureUrl[];
  readonly image: number;
}

/** The pictures of one concept. */
export interface ConceptPictures {
  readonly crops: readonly CropPicture[];
  readonly examples: readonly ExamplePicture[];
  /** Value at the bright end of the colour scale that its maps share. */
  readonly mapMaximum: number;
  /** The same for its further maps, by method. */
  readonly furtherMaxima?: readonly number[];
}

/** Everything the page shows, as plain data. */
export interface ReportData {
  readonly project: ProjectFile;
  readonly run: RunFile;
  /** With the names that a person gave, and what was merged as one; that of `run` has neither. */
  readonly explanation: Explanation;
  readonly notes: NotesFile;
  /** By concept id; a concept without pictures is shown with its numbers alone. */
  readonly pictures: Readonly<Record<string, ConceptPictures>>;
  /** By concept id: its strongest coefficient in each image, in the order of the images. */
  readonly strengths: Readonly<Record<string, readonly number[]>>;
  /** How far it can be trusted; absent where it was not evaluated. */
  readonly evaluation?: Evaluation;
  /** Every picture that the run was given; absent in runs from before that was kept. */
  readonly given?: readonly GivenImage[];
  /** By file, of the mistakes; one whose file is gone is shown without. */
  readonly mistakePictures?: Readonly<Record<string, PictureUrl>>;
  /** What is to be said of inputs that are no longer those of the run, a sentence each. */
  readonly inputNotes?: readonly string[];
  /** Concepts that a person gave by examples; absent where there are none. */
  readonly ownConcepts?: readonly OwnInWords[];
}

/** What of a run is shown where it is there; `found` in the place of what the run holds, where concepts were merged. */
type FurtherData = Pick<
  ReportData,
  'evaluation' | 'given' | 'mistakePictures' | 'inputNotes' | 'ownConcepts'
> & {
  readonly found?: Explanation | undefined;
};

/**
 * Gathers a finished run for the page and applies the notes' names.
 * Throws TesseraError 'bad-project' when the run has not finished.
 */
export function reportDataOf(
  project: ProjectFile,
  run: RunFile,
  notes: NotesFile,
  pictures: Readonly<Record<string, ConceptPictures>>,
  strengths: Readonly<Record<string, readonly number[]>> = {},
  { found, ...further }: FurtherData = {},
): ReportData {
  const given = found ?? run.explanation;
  if (given === undefined)
    throw new TesseraError('bad-project', unfinishedText(run.id, 'report'), { hint: UNFINISHED_HINT });
  return {
    project,
    run,
    explanation: withGivenNames(asShown(given, further.evaluation), notes),
    notes,
    pictures,
    strengths,
    ...further,
  };
}
