import { BugError, TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { picturesOf, pictureFileName } from '../study/study-pictures.ts';
import { studyFaults } from '../study/study-faults.ts';
import { changedPicturesText, lostPicturesText } from '../study/void-words.ts';
import type { FrozenStudy, Study, StudyKind, StudyPicture } from '../study/study.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { changeProject } from './change-lock.ts';
import { readJsonFile } from './json-file.ts';
import type { ProcessIdentity } from './lock-file.ts';
import type { Project } from './project-folder.ts';
import { hashOfRun } from './run-hash.ts';
import { ID_PATTERN } from './schema.ts';
import { STUDY_FILE, STUDY_VERSION } from './study-schema.ts';

/*
 * studies/ID/study.json          what is frozen, and its hash, see study-schema.ts
 * studies/ID/pictures/SHA.EXT    every picture that is shown
 * A folder without study.json is one that was given up half-made; the next study that is made clears it away.
 */

/** What a study is frozen from. */
export type StudyContent = Omit<Study, 'schemaVersion' | 'id' | 'frozen'>;

/** A study as it lies in its project. */
export interface LoadedStudy extends FrozenStudy {
  /** Why its answers prove nothing any more, in words; empty as long as study, runs and pictures are what they were. */
  readonly voidBecause: readonly string[];
}

/** A study as a list tells of it; a damaged one says why it cannot be read. */
export type ListedStudy =
  (FrozenStudy & { readonly id: string }) | { readonly id: string; readonly problem: string };

/** A folder with studies: a project, or one that stands in for it. */
export type StudiesFolder = Pick<Project, 'storage' | 'folder'>;

/** Path of one of a study's own files. */
export function studyPath(
  { storage, folder }: StudiesFolder,
  id: string,
  ...names: readonly string[]
): string {
  return storage.join(folder, 'studies', id, ...names);
}

/** Path of a picture of a study. */
export function studyPicturePath(project: StudiesFolder, id: string, picture: StudyPicture): string {
  return studyPath(project, id, 'pictures', pictureFileName(picture));
}

/**
 * Writes a study for good, with the bytes of its pictures by their hash: whole, or nothing of it. It gets the next free id
 * ("study1", "study2", …). `frozen` is the time that it says.
 *
 * Throws   'bad-usage' where the study does not hold together (an empty consent, for one), 'storage' where it cannot be
 *          written; BugError where a picture is missing.
 */
export async function freezeStudy(
  project: StudiesFolder,
  self: ProcessIdentity,
  content: StudyContent,
  pictures: ReadonlyMap<string, Uint8Array>,
  frozen = new Date().toISOString(),
): Promise<FrozenStudy> {
  const [fault] = studyFaults(content);
  if (fault !== undefined)
    throw new TesseraError('bad-usage', `The study cannot be frozen. ${fault}.`, {
      hint: 'Nothing was written; put it right and make the study again.',
    });
  return await changeProject(project, self, async () => {
    const id = await freeId(project);
    const study: Study = { schemaVersion: STUDY_VERSION, id, frozen, ...content };
    const sha256 = hashOfStudy(project, study);
    const { storage } = project;
    try {
      await storage.makeDirectory(studyPath(project, id, 'pictures'));
      await storage.writeTogether(
        new Map(picturesOf(study).map((one) => [studyPicturePath(project, id, one), bytesOf(one, pictures)])),
      );
      await storage.writeAtomic(studyPath(project, id, 'study.json'), fileText({ sha256, study }));
    } catch (error) {
      await storage.remove(studyPath(project, id)).catch(() => undefined);
      throw error;
    }
    return { study, sha256 };
  });
}

/**
 * Names a study: SHA-256 of its canonical JSON.
 *
 * @internal
 */
export function hashOfStudy({ storage }: Pick<StudiesFolder, 'storage'>, study: Study): string {
  return storage.sha256(new TextEncoder().encode(canonicalJson(plain(study))));
}

/**
 * Reads a study and looks whether it is still what was frozen: its own text, the runs it draws on and every picture. What
 * changed makes it void: its answers stay readable.
 *
 * Throws   'unknown-name' where there is none of that id, 'bad-project' where study.json cannot be read at all.
 */
export async function loadStudy(project: Project, id: string): Promise<LoadedStudy> {
  const frozen = await readStudy(project, id);
  const isChanged = hashOfStudy(project, frozen.study) !== frozen.sha256 || frozen.study.id !== id;
  return {
    ...frozen,
    voidBecause: [
      ...(isChanged ? ['study.json is no longer what was frozen'] : []),
      ...(await changedRuns(project, frozen.study)),
      ...(await changedPictures(project, id, frozen.study)),
    ],
  };
}

/** The studies of a project in the order in which they were made; only {@link loadStudy} looks whether they are void. */
export async function listStudies(project: Project): Promise<ListedStudy[]> {
  const listed: ListedStudy[] = [];
  for (const id of await studyIds(project)) {
    try {
      listed.push({ id, ...(await readStudy(project, id)) });
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
      listed.push({ id, problem: error.message });
    }
  }
  return listed;
}

async function readStudy(project: Project, id: string): Promise<FrozenStudy> {
  const path = ID_PATTERN.test(id) ? studyPath(project, id, 'study.json') : undefined;
  if (path === undefined || !(await project.storage.exists(path))) {
    const ids = await studyIds(project);
    throw new TesseraError('unknown-name', `project: ${project.folder} has no study "${id}".`, {
      hint: ids.length > 0 ? `Its studies are ${ids.join(', ')}.` : 'It has no studies yet.',
    });
  }
  return readStudyFile(project.storage, path);
}

/** Reads a `study.json` wherever it lies, and checks its shape alone. Throws as {@link readJsonFile}. */
export function readStudyFile(storage: Storage, path: string): Promise<FrozenStudy> {
  return readJsonFile(storage, path, STUDY_FILE, (content) => refuseNewer(path, content));
}

function refuseNewer(path: string, content: unknown): unknown {
  const version = (content as { study?: { schemaVersion?: unknown } } | null)?.study?.schemaVersion;
  if (typeof version !== 'number' || version <= STUDY_VERSION) return content;
  throw new TesseraError(
    'bad-project',
    `project: ${path} was written by a newer Tessera (study version ${version}; this one reads up to ${STUDY_VERSION}).`,
    { hint: 'Open it with the version that wrote it, or update Tessera.' },
  );
}

/** Parts are in the hash of the runs whose crops are asked about. */
export function isAboutParts(kind: StudyKind): boolean {
  return kind !== 'utility';
}

async function changedRuns(project: Project, { runs, material }: Study): Promise<string[]> {
  const reasons: string[] = [];
  for (const { id, sha256 } of runs) {
    try {
      const now = await hashOfRun(project, id, { hasParts: isAboutParts(material.kind) });
      if (now !== sha256) reasons.push(`the run "${id}" was changed after the study was frozen`);
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
      reasons.push(`the run "${id}" cannot be read any more (${error.message.replace(/\.$/, '')})`);
    }
  }
  return reasons;
}

async function changedPictures(project: Project, id: string, study: Study): Promise<string[]> {
  const lost: string[] = [];
  const changed: string[] = [];
  for (const picture of picturesOf(study)) {
    const path = studyPicturePath(project, id, picture);
    if (!(await project.storage.exists(path))) lost.push(path);
    else if ((await project.storage.hashFile(path)) !== picture.sha256) changed.push(path);
  }
  return [...lostPicturesText(lost), ...changedPicturesText(changed)];
}

async function studyIds({ storage, folder }: Project): Promise<string[]> {
  const root = storage.join(folder, 'studies');
  if (!(await storage.exists(root))) return [];
  const ids: string[] = [];
  for (const { name, kind } of await storage.list(root))
    if (kind === 'directory' && (await storage.exists(storage.join(root, name, 'study.json'))))
      ids.push(name);
  return ids.sort((a, b) => numberOf(a) - numberOf(b));
}

/** Clears away what was given up half-made, and names the next study. */
async function freeId(project: StudiesFolder): Promise<string> {
  const { storage, folder } = project;
  const root = storage.join(folder, 'studies');
  await storage.makeDirectory(root);
  let last = 0;
  for (const { name } of await storage.list(root)) {
    if (await storage.exists(storage.join(root, name, 'study.json'))) last = Math.max(last, numberOf(name));
    else if (/^study\d+$/.test(name)) await storage.remove(storage.join(root, name));
  }
  return `study${last + 1}`;
}

function numberOf(id: string): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

function bytesOf({ sha256 }: StudyPicture, pictures: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = pictures.get(sha256);
  if (bytes === undefined) throw new BugError(`freezeStudy: no bytes for the picture ${sha256}`);
  return bytes;
}

function fileText(frozen: FrozenStudy): string {
  return `${canonicalJson(plain(frozen))}\n`;
}

/** Interfaces as the plain data that they are. */
function plain(value: Study | FrozenStudy): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
