import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import type { Project } from '../project/project-folder.ts';
import { loadRunPictures } from '../project/run-pictures.ts';
import type { RunFile } from '../project/schema.ts';
import { listText } from '../wording/count-text.ts';
import { changedImagesText } from '../wording/input-words.ts';
import type { ModelIntake } from './model-intake.ts';
import type { FileFact } from './question.ts';
import { withStamps } from './picture-stamps.ts';

/** How the inputs of a finished run differ today from what they were. */
export interface InputChanges {
  /** False for a run of before this was recorded: then nothing can be said of its pictures. */
  readonly isKnown: boolean;
  /** Of the pictures asked about, by their index. */
  readonly changed: ReadonlySet<number>;
  readonly missing: ReadonlySet<number>;
  /** Files that said how pictures are prepared and what classes are called, and are others now. */
  readonly cards: readonly string[];
}

/**
 * Looks at the files that a finished run rests on, its explained images or others that it was given; cheap where nothing
 * has changed.
 */
export async function inputChanges(
  project: Project,
  run: RunFile,
  pictures: readonly { readonly file: string }[] = run.explanation?.images ?? [],
): Promise<InputChanges> {
  const record = await loadRunPictures(project, run.id);
  const files = pictures.map(({ file }) => ({ path: file }));
  const changed = new Set<number>();
  const missing = new Set<number>();
  const now = await withStamps(project, files);
  for (const [index, { path, stamp }] of now.entries()) {
    const then = record?.get(path);
    // Of a file that could be read there is a hash: only of the others it is asked whether they are there.
    if (stamp.sha256 === undefined && !(await project.storage.exists(path))) missing.add(index);
    else if (then !== undefined && then.sha256 !== stamp.sha256) changed.add(index);
  }
  return { isKnown: record !== undefined, changed, missing, cards: await changedCards(project.storage, run) };
}

/** The explained images of a run, with what their files were: whoever reads them finds out whether they still are. */
export async function imagesOfRun(project: Project, run: RunFile): Promise<FileFact[]> {
  return asRunFound(project, run, run.explanation?.images ?? []);
}

/** Any of the pictures that a run was given, explained or not, with what their files were. */
export async function asRunFound(
  project: Project,
  run: RunFile,
  pictures: readonly { readonly file: string }[],
): Promise<FileFact[]> {
  const factOf = await factsOfRun(project, run);
  return pictures.map(({ file }) => factOf(file));
}

/** {@link asRunFound} for one file at a time. */
export async function factsOfRun(project: Project, run: RunFile): Promise<(file: string) => FileFact> {
  const record = await loadRunPictures(project, run.id);
  return (file) => {
    const then = record?.get(file);
    return then === undefined ? { path: file } : { path: file, stamp: then };
  };
}

/**
 * Throws 'bad-image' unless every explained image is what it was, as far as that is known: numbers that are computed
 * now would else be of other pictures than those of the run.
 */
export async function requireSameImages(project: Project, run: RunFile): Promise<void> {
  const { changed, missing } = await inputChanges(project, run);
  if (changed.size + missing.size === 0) return;
  const names = [...changed, ...missing].slice(0, 3).map((index) => run.explanation!.images[index].file);
  const text = changedImagesText(changed.size, missing.size, run.explanation!.images.length);
  throw new TesseraError('bad-image', `${text}: ${listText(names)}${more(changed.size + missing.size)}`, {
    hint: 'Put the files back as they were, or run again on what is there now.',
  });
}

function more(count: number): string {
  return count > 3 ? ` and ${count - 3} more.` : '.';
}

/** What of a model's own files a run keeps, to tell a change by. */
export async function givenWith(
  storage: Storage,
  { preprocessing, dataSha256, cards }: ModelIntake,
): Promise<NonNullable<RunFile['given']>> {
  const hashes = cards.map(async (path) => ({ path, sha256: await storage.hashFile(path) }));
  return {
    preprocessing: preprocessing.preprocessing as unknown as NonNullable<RunFile['given']>['preprocessing'],
    cards: await Promise.all(hashes),
    ...(dataSha256 !== undefined && { modelData: dataSha256 }),
  };
}

async function changedCards(storage: Storage, { given }: RunFile): Promise<string[]> {
  const changed: string[] = [];
  for (const { path, sha256 } of given?.cards ?? []) {
    const now = await storage.hashFile(path).catch(() => undefined);
    if (now !== sha256) changed.push(path);
  }
  return changed;
}
