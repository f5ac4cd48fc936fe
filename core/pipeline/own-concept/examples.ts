import type { Box, Explanation, SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { scanImages } from '../../images/folder-scan.ts';
import type { Project } from '../../project/project-folder.ts';
import { loadPredictions } from '../../project/predictions-file.ts';
import type { RunFile } from '../../project/schema.ts';
import { createRandom } from '../../random.ts';
import { countOf } from '../../wording/count-text.ts';
import { FEWEST_EXAMPLES } from '../../wording/own-concept-words.ts';
import { givenPictures } from '../given-pictures.ts';
import { asRunFound, imagesOfRun } from '../input-changes.ts';
import { withMissingStamps, withStamps, type Stamped } from '../picture-stamps.ts';
import type { FileFact } from '../question.ts';
import { spreadPlaces } from '../spread-places.ts';

/** Beyond so many a probe gains little, and random sets take long. */
const MOST_EXAMPLES = 100;
const MOST_OTHERS = 150;
/** Pictures of a folder that are read to know what they are. */
const MOST_LOOKED_AT = 2000;

/** What shows an own concept: one of the three. */
export interface GivenExamples {
  /** Images that the run was given, by their index: the explained ones first. */
  readonly images?: readonly number[];
  /** Parts of them, in pixels of the fitted picture. */
  readonly crops?: readonly { readonly image: number; readonly box: Box }[];
  /** A folder of pictures, or of crops cut out before. */
  readonly folder?: string;
}

/** A concept as a person asks for it. */
export interface OwnConceptQuestion {
  readonly name: string;
  readonly examples: GivenExamples;
  /** A folder of pictures that do not show it. @default other images of the run */
  readonly against?: string;
}

/** A picture, or a part of it. */
export interface ExamplePlace {
  readonly file: FileFact & Stamped;
  readonly box?: Box;
}

/** Pictures that show a concept, and others. */
export interface ExampleSets {
  readonly examples: readonly ExamplePlace[];
  readonly others: readonly ExamplePlace[];
  readonly othersFrom: 'explained' | 'given' | 'folder';
  readonly skipped: readonly SkippedFile[];
}

/**
 * Finds the pictures of an own concept and those that it is told from. Explained images are told from the other explained
 * ones, so that the direction is not that of the class; a folder, and images of which some are not explained, from all
 * that the run was given. Of each no more than is needed, spread evenly; no picture is on both sides, whatever its name.
 *
 * Throws   TesseraError 'bad-usage' where there are too few, no or several kinds of examples, or all explained images;
 *          'no-images' where a folder holds no picture.
 */
export async function findExamples(
  project: Project,
  run: RunFile & { readonly explanation: Explanation },
  { name, examples: given, against }: OwnConceptQuestion,
  boxes: readonly Box[],
): Promise<ExampleSets> {
  const explained = await withMissingStamps(project, await imagesOfRun(project, run));
  const isBeyond = given.images?.some((image) => image >= explained.length) === true;
  const known = isBeyond ? await allGiven(project, run) : explained;
  const { places, skipped } = await placesOf(project, known, given);
  requireEnough(name, places);
  const taken = new Set(places.map(({ file }) => file.stamp.sha256));
  if (against === undefined && explained.every(({ stamp }) => taken.has(stamp.sha256))) {
    throw new TesseraError(
      'bad-usage',
      `The examples of "${name}" are all the images that the run explains: as a concept they are the class itself.`,
      {
        hint: 'Take some of the images, or name a folder of others to tell them from.',
        options: ['against-folder'],
      },
    );
  }
  const { others, from } = await othersOf(project, run, {
    explained,
    isOfAll: isBeyond || given.folder !== undefined,
    against,
  });
  const left = others.filter(({ stamp }) => stamp.sha256 !== undefined && !taken.has(stamp.sha256));
  const random = createRandom(run.options.seed);
  const isCrops = given.crops !== undefined;
  const counter = spreadPlaces(left.length, MOST_OTHERS).map((place) => ({
    file: left[place],
    ...(isCrops && { box: boxes[random.integer(boxes.length)] }),
  }));
  requireOthers(name, counter, against);
  return {
    examples: spreadPlaces(places.length, MOST_EXAMPLES).map((place) => places[place]),
    others: counter,
    othersFrom: from,
    skipped,
  };
}

type StampedFile = FileFact & Stamped;

async function placesOf(
  project: Project,
  known: readonly StampedFile[],
  { images, crops, folder }: GivenExamples,
): Promise<{ readonly places: readonly ExamplePlace[]; readonly skipped: readonly SkippedFile[] }> {
  if ([images, crops, folder].filter((one) => one !== undefined).length !== 1) {
    throw new TesseraError(
      'bad-usage',
      'Examples are images of the run, crops of them, or a folder: one of the three.',
    );
  }
  const fileOf = (image: number): StampedFile => {
    if (image in known) return known[image];
    throw new TesseraError(
      'unknown-name',
      `The run has ${countOf(known.length, 'image')}; there is no number ${image}.`,
    );
  };
  if (images) return { places: [...new Set(images)].map((image) => ({ file: fileOf(image) })), skipped: [] };
  if (crops) return { places: crops.map(({ image, box }) => ({ file: fileOf(image), box })), skipped: [] };
  const { files, skipped } = await folderFiles(project, folder!);
  return { places: files.map((file) => ({ file })), skipped };
}

/** Every picture that the run was given, the explained ones first. */
async function allGiven(project: Project, run: RunFile): Promise<readonly StampedFile[]> {
  const { pictures } = await givenPictures(project, run);
  return withMissingStamps(
    project,
    pictures.map(({ file }) => file),
  );
}

async function folderFiles(project: Project, folder: string) {
  const { images, skipped } = await scanImages(project.storage, [folder]);
  const some = spreadPlaces(images.length, MOST_LOOKED_AT).map((place) => ({ path: images[place].path }));
  return { files: await withStamps(project, some), skipped };
}

async function othersOf(
  project: Project,
  run: RunFile,
  {
    explained,
    isOfAll,
    against,
  }: {
    readonly explained: readonly StampedFile[];
    readonly isOfAll: boolean;
    readonly against: string | undefined;
  },
): Promise<{ readonly others: readonly StampedFile[]; readonly from: ExampleSets['othersFrom'] }> {
  if (against !== undefined) return { others: (await folderFiles(project, against)).files, from: 'folder' };
  const given = isOfAll ? await loadPredictions(project, run.id) : undefined;
  if (given === undefined) return { others: explained, from: 'explained' };
  return { others: await withMissingStamps(project, await asRunFound(project, run, given)), from: 'given' };
}

/** Different pictures among places; copies count once. */
function differentPictures(places: readonly ExamplePlace[]): number {
  return new Set(places.map(({ file }) => file.stamp.sha256 ?? file.path)).size;
}

/** Throws TesseraError 'bad-usage' where the examples are of too few different pictures. */
export function requireEnough(name: string, places: readonly ExamplePlace[]): void {
  requireCount(name, differentPictures(places));
}

/** Throws TesseraError 'bad-usage' for fewer pictures of an own concept than it takes. */
export function requireCount(name: string, found: number): void {
  if (found >= FEWEST_EXAMPLES) return;
  throw new TesseraError(
    'bad-usage',
    `"${name}" takes examples from at least ${FEWEST_EXAMPLES} different pictures; got ${found}.`,
    { hint: 'Add more examples; 20 or more make a direction that holds.' },
  );
}

/** Throws TesseraError 'bad-usage' where too few pictures are left to tell the examples from. */
export function requireOthers(
  name: string,
  places: readonly ExamplePlace[],
  against: string | undefined,
): void {
  const found = differentPictures(places);
  if (found >= FEWEST_EXAMPLES) return;
  const where = against === undefined ? 'The run has' : `${against} has`;
  throw new TesseraError(
    'bad-usage',
    `${where} ${countOf(found, 'picture')} that ${found === 1 ? 'is no example' : 'are no examples'} of "${name}"; at least ${FEWEST_EXAMPLES} are needed to tell it from.`,
    { hint: 'Take fewer examples, or name a folder of other pictures.', options: ['against-folder'] },
  );
}
