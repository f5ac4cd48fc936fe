import { isPictureName, refusalByName } from '../../core/images/picture-kinds.ts';
import { otherFormat } from '../../core/onnx/other-formats.ts';
import type { DirectoryEntry, Storage } from '../../core/platform.ts';
import { looksLikeCoco, looksLikeVoc } from '../../core/tables/objects/looks-like-marks.ts';
import { looksLikeTable } from '../../core/tables/looks-like-table.ts';
import { shownName } from '../../core/wording/shown-name.ts';

/** Something that was given and is not taken, and why, in a few words. */
export interface Refused {
  readonly name: string;
  readonly reason: string;
  /** What to do. */
  readonly hint?: string;
}

/** Something dropped that was not sent, since its name says that it is of no use, or since there is nothing in it. */
export interface Unsent {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/** What a person gave, by what it is for. */
export interface DroppedPaths {
  readonly project: string | undefined;
  readonly model: string | undefined;
  readonly labels: string | undefined;
  /** What is known of the pictures beside what they show. */
  readonly table: string | undefined;
  /** Boxes or masks: a COCO file, or a file or folder of Pascal VOC. */
  readonly marks: string | undefined;
  /** Folders and pictures. */
  readonly images: readonly string[];
  /** Those of the folders that also gave the model: they need hold no picture. */
  readonly modelFolders: readonly string[];
  readonly refused: readonly Refused[];
}

type Sorted = { -readonly [Field in keyof DroppedPaths]: DroppedPaths[Field] } & {
  images: string[];
  modelFolders: string[];
  refused: Refused[];
};

const PROJECT_FILE = 'project.json';
const SHORTCUT = /\.tesseraproject$/i;
/** ONNX files were called .pb as well; what they are is seen when they are read. */
const MODEL = /\.(onnx|pb)$/i;
const LABELS = /\.(txt|json|csv)$/i;
const TABLE = /\.(tsv|tab|jsonl|ndjson)$/i;
/** May be either: what is in it tells. */
const VOC = /\.xml$/i;
const LABELS_OR_TABLE = /\.(json|csv|txt)$/i;
const ARCHIVE = /\.(zip|tar|gz|tgz|bz2|xz|7z|rar|zst)$/i;
const WEIGHTS = /\.(data|onnx_data)$/i;

/**
 * Sorts paths by what they are: a project folder (or its project.json or .tesseraproject), a model, a labels file (.txt,
 * .json, .csv), a table (.tsv, .jsonl, or one of the former in which pictures are named), boxes or masks (.json in COCO's form,
 * .xml of Pascal VOC or a folder of these, or one with such a folder "Annotations"), pictures and folders; what is none of
 * these is refused, and so is a second model or labels file. A folder
 * with a single .onnx file right inside gives the model too, unless one was given by itself. A model's card and weights
 * are left aside: they are found beside it.
 */
export async function sortDropped(storage: Storage, paths: readonly string[]): Promise<DroppedPaths> {
  const sorted: Sorted = {
    project: undefined,
    model: undefined,
    labels: undefined,
    table: undefined,
    marks: undefined,
    images: [],
    modelFolders: [],
    refused: [],
  };
  const names = paths.map((path) => storage.basename(path));
  for (const path of paths.map((given) => storage.resolve(given))) {
    const entries = await storage.list(path).catch(() => undefined);
    if (entries === undefined) await sortFile(storage, path, names, sorted);
    else await sortFolder(storage, path, entries, sorted);
  }
  const [folder] = sorted.modelFolders;
  if (sorted.model === undefined && folder !== undefined) {
    sorted.model = storage.join(folder, (await storage.list(folder)).find(isModelEntry)!.name);
    for (const other of sorted.modelFolders.slice(1)) refuseSecond('model', storage.basename(other), sorted);
  }
  return sorted;
}

async function sortFile(
  storage: Storage,
  path: string,
  names: readonly string[],
  sorted: Sorted,
): Promise<void> {
  const name = storage.basename(path);
  const refused = refusalOfFile(name, names);
  if (refused !== undefined) sorted.refused.push(refused);
  else if (name === PROJECT_FILE || SHORTCUT.test(name)) sorted.project = storage.dirname(path);
  else if (MODEL.test(name)) take('model', path, name, sorted);
  else if (isBesideModel(name, names)) return;
  else if (VOC.test(name) || (await isCoco(storage, path))) take('marks', path, name, sorted);
  else if (TABLE.test(name) || (await isTable(storage, path))) take('table', path, name, sorted);
  else if (LABELS.test(name)) take('labels', path, name, sorted);
  else sorted.images.push(path);
}

async function isCoco(storage: Storage, path: string): Promise<boolean> {
  if (!/\.json$/i.test(path)) return false;
  const bytes = await storage.readBytes(path).catch(() => undefined);
  return bytes !== undefined && looksLikeCoco(bytes);
}

async function isTable(storage: Storage, path: string): Promise<boolean> {
  if (!LABELS_OR_TABLE.test(path)) return false;
  const bytes = await storage.readBytes(path).catch(() => undefined);
  if (bytes === undefined) return false;
  // An empty one is told of as the table that it was to be.
  return (bytes.length === 0 && /\.csv$/i.test(path)) || looksLikeTable(bytes);
}

function take(what: Single, path: string, name: string, sorted: Sorted): void {
  if (sorted[what] === undefined) sorted[what] = path;
  else refuseSecond(what, name, sorted);
}

/** Of which there is one. */
type Single = 'model' | 'labels' | 'table' | 'marks';

function refuseSecond(what: Single, name: string, sorted: Sorted): void {
  const reason = {
    model: 'a second model',
    labels: 'a second labels file',
    table: 'a second table',
    marks: 'a second file of boxes or masks',
  }[what];
  const hint = VOC.test(name) ? 'Drop the folder that holds the .xml files.' : 'Drop one of them.';
  sorted.refused.push({ name: shownName(name), reason, hint });
}

async function sortFolder(
  storage: Storage,
  path: string,
  entries: readonly DirectoryEntry[],
  sorted: Sorted,
): Promise<void> {
  if (entries.some(({ name }) => name === PROJECT_FILE)) {
    sorted.project = path;
    return;
  }
  const annotations = entries.find(({ kind, name }) => kind === 'directory' && /^annotations$/i.test(name));
  const below = annotations && storage.join(path, annotations.name);
  if (await isVocFolder(storage, path, entries)) take('marks', path, storage.basename(path), sorted);
  else if (below !== undefined && (await isVocFolder(storage, below, await storage.list(below))))
    take('marks', below, annotations!.name, sorted);
  // Boxes may lie beside the pictures that they are of.
  const isMarksAlone = sorted.marks === path && entries.every((entry) => !mayHoldPictures(entry));
  if (isMarksAlone) return;
  sorted.images.push(path);
  if (entries.filter(isModelEntry).length === 1) sorted.modelFolders.push(path);
}

async function isVocFolder(
  storage: Storage,
  path: string,
  entries: readonly DirectoryEntry[],
): Promise<boolean> {
  const first = entries.find(({ kind, name }) => kind === 'file' && VOC.test(name));
  if (first === undefined) return false;
  const bytes = await storage.readBytes(storage.join(path, first.name)).catch(() => undefined);
  // One that is damaged is told of as what it was to be, where there is nothing else in the folder.
  return (bytes !== undefined && looksLikeVoc(bytes)) || entries.every(({ name }) => VOC.test(name));
}

function mayHoldPictures({ kind, name }: DirectoryEntry): boolean {
  return kind === 'directory' || isPictureName(name) || isModelEntry({ kind, name });
}

function isModelEntry({ kind, name }: DirectoryEntry): boolean {
  return kind === 'file' && /\.onnx$/i.test(name);
}

/** Is the file a card or the weights of one of the models among the names? */
function isBesideModel(name: string, names: readonly string[]): boolean {
  const models = names.filter((other) => MODEL.test(other)).map((other) => other.replace(MODEL, ''));
  const isCard = name === 'card.json' || models.some((model) => name === `${model}.json`);
  return models.length > 0 && (isCard || WEIGHTS.test(name));
}

/** Why a file of this name is not taken; `names` are those of the same drop. Undefined where it may be of use. */
export function refusalOfFile(name: string, names: readonly string[]): Refused | undefined {
  const refused = (reason: string, hint?: string): Refused => ({
    name: shownName(name),
    reason,
    ...(hint !== undefined && { hint }),
  });
  const other = MODEL.test(name) ? undefined : otherFormat(name);
  if (other !== undefined) return refused(`${article(other.kind)}; models are read as ONNX`, other.steps);
  const picture = refusalByName(name);
  if (picture !== undefined) return refused(picture);
  if (ARCHIVE.test(name)) return refused('an archive', 'Unpack it, and drop the folder.');
  const isUseful =
    [MODEL, LABELS, TABLE, VOC, SHORTCUT].some((kind) => kind.test(name)) || isPictureName(name);
  if (isUseful || isBesideModel(name, names)) return undefined;
  if (WEIGHTS.test(name)) return refused('weights of a model', 'Drop them together with their .onnx file.');
  return refused('neither an image nor a model, labels, a table, boxes or a project');
}

function article(kind: string): string {
  return `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** What is said of things that were not sent. */
export function refusalsOfUnsent(unsent: readonly Unsent[]): Refused[] {
  const names = unsent.map(({ name }) => name);
  return unsent.map(({ name, kind }) =>
    kind === 'folder'
      ? { name: shownName(name), reason: 'an empty folder' }
      : (refusalOfFile(name, names) ?? { name: shownName(name), reason: 'not sent' }),
  );
}
