import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { readInput } from '../read-input.ts';
import { isBackground, shiftedLabels, type LabelShift } from './label-shift.ts';
import { readCard } from './model-card.ts';
import { parseLabels } from './parse-labels.ts';

/** Names of a model's classes, in the order of its logits. */
export interface Labels {
  readonly names: readonly string[];
  /** Where they come from, for people: a path, "the model's metadata", or "numbers". */
  readonly source: string;
  /** The file that they were read from, where there is one. */
  readonly file?: string;
  /** A file beside the model that was looked into and does not fit it; never a silent matter. */
  readonly misfit?: LabelMisfit;
}

/** A list of names that has more or fewer than the model has classes. */
export interface LabelMisfit {
  readonly source: string;
  readonly names: number;
  readonly classes: number;
  /** With this it would fit. */
  readonly shift?: LabelShift;
}

/** What is asked about the names of a model's classes. */
export interface LabelQuestion {
  readonly modelPath: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** Number of logits. */
  readonly classes: number;
  /** The output whose classes they are; a card may have names for several. */
  readonly output?: string;
  /** A file that the person named. */
  readonly labelsPath?: string;
  /** What a project holds of it, taken where that file is gone. */
  readonly kept?: Labels;
  /** Moves the names by one. */
  readonly shift?: LabelShift;
}

/** Keys under which exporters store class names. */
const METADATA_KEYS = ['labels', 'names', 'classes', 'class_names', 'id2label'];

/** Files of class names that lie beside models, the first that is there. */
const BESIDE = ['labels.txt', 'labels.json', 'classes.txt'];

/**
 * Finds the names of a model's classes: in the file given, else in the card beside the model (field `labels`: a file
 * name beside the card, the names, or an object of names by output), else in the model's metadata, else in `labels.txt`,
 * `labels.json` or `classes.txt` beside it (MODEL.labels.txt before them), else numbers. Of a file that is gone the names
 * that a project kept. Throws 'bad-labels' when a file that was named or a card does not hold one name a class; metadata
 * that does not fit is passed over, a file beside the model is reported in `misfit`.
 */
export async function loadLabels(storage: Storage, question: LabelQuestion): Promise<Labels> {
  const { labelsPath, modelPath, metadata, kept } = question;
  if (labelsPath !== undefined) {
    const isGone = kept !== undefined && !(await storage.exists(labelsPath));
    // What a project holds was moved before.
    if (isGone) return checkLabels(kept.names, kept.source, { classes: question.classes });
    return fromFile(storage, labelsPath, question);
  }
  const carded = await fromCard(storage, question);
  if (carded !== undefined) return carded;
  return (
    fromMetadata(metadata, question) ?? (await fromBeside(storage, modelPath, question)) ?? numbered(question)
  );
}

async function fromCard(storage: Storage, question: LabelQuestion): Promise<Labels | undefined> {
  const card = await readCard(storage, question.modelPath);
  const field = card && ofOutput(card.fields['labels'], question);
  if (card === undefined || field === undefined) return undefined;
  if (typeof field !== 'string')
    return fitted(parseLabels(JSON.stringify(field), card.path), card.path, question);
  return fromFile(storage, storage.join(storage.dirname(card.path), field), question);
}

/** The names of one output, where a card has lists by output; undefined where it has none for it. */
function ofOutput(field: unknown, { output }: LabelQuestion): unknown {
  if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
  // Names by index may be lists too: [synset, name].
  const isByOutput = Object.entries(field).every(([key, value]) => !/^\d+$/.test(key) && isList(value));
  if (!isByOutput) return field;
  const lists = field as Readonly<Record<string, unknown>>;
  return output === undefined ? undefined : lists[output];
}

function isList(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

async function fromBeside(
  storage: Storage,
  modelPath: string,
  question: LabelQuestion,
): Promise<Labels | undefined> {
  const folder = storage.dirname(modelPath);
  const stem = modelPath.replace(/\.onnx$/i, '');
  const paths = [
    ...BESIDE.map((name) => `${stem}.${name}`),
    ...BESIDE.map((name) => storage.join(folder, name)),
  ];
  for (const path of paths) {
    if (!(await storage.exists(path))) continue;
    const names = await namesIn(storage, path);
    try {
      return { ...fitted(names, path, question), file: path };
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
      const { classes } = question;
      const shift = shiftToFit(names, classes);
      const misfit = { source: path, names: names.length, classes, ...(shift !== undefined && { shift }) };
      return { ...numbered(question), misfit };
    }
  }
  return undefined;
}

/** Labels for a model that tells no names: "class 0", "class 1", … */
function numbered({ classes }: LabelQuestion): Labels {
  return { names: Array.from({ length: classes }, (_, index) => `class ${index}`), source: 'numbers' };
}

async function fromFile(storage: Storage, path: string, question: LabelQuestion): Promise<Labels> {
  return { ...fitted(await namesIn(storage, path), path, question), file: path };
}

async function namesIn(storage: Storage, path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readInput(storage, path, 'bad-labels'));
  if (/\.csv$/i.test(path)) refuseTable(text, path);
  return parseLabels(text, path);
}

/** A table of anything has as many lines as it likes; names stand alone, or after their index. */
function refuseTable(text: string, path: string): void {
  const fields = /"(?:[^"]|"")*"|[^,;\t]+/g;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const isEntry = (line: string): boolean => {
    const [first, second, ...others] = line.match(fields) ?? [];
    return others.length === 0 && (second === undefined || /^\s*\d+\s*$/.test(first ?? ''));
  };
  if (lines.every(isEntry)) return;
  throw new TesseraError('bad-labels', `${path} is a table, not a list of class names.`, {
    hint: 'Give one name a line, or an index and a name, in the order of the outputs of the model.',
  });
}

function fromMetadata(metadata: ReadonlyMap<string, string>, question: LabelQuestion): Labels | undefined {
  const source = "the model's metadata";
  for (const key of METADATA_KEYS) {
    const text = metadata.get(key);
    if (text === undefined) continue;
    try {
      return fitted(parseLabels(text, source), source, question);
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
    }
  }
  return undefined;
}

/**
 * The names, moved by one where that is asked for: for one score with two names the first is the answer below the
 * threshold, the second above.
 */
function fitted(names: readonly string[], source: string, question: LabelQuestion): Labels {
  const { shift, classes } = question;
  // Moved by one, one more or less may be named than there are classes.
  if (shift === undefined || Math.abs(names.length - classes) > 1)
    return checkLabels(names, source, question);
  const moved = shiftedLabels(names, shift, classes);
  return { names: moved, source: `${source}, moved by one` };
}

function shiftToFit(names: readonly string[], classes: number): LabelShift | undefined {
  if (names.length === classes + 1) return 'drop-first';
  return names.length === classes - 1 ? 'add-first' : undefined;
}

/** The labels, or 'bad-labels' when there is not one name for each class. */
function checkLabels(
  names: readonly string[],
  source: string,
  { classes }: Pick<LabelQuestion, 'classes'>,
): Labels {
  if (names.length === classes) return { names, source };
  const shift = shiftToFit(names, classes);
  throw new TesseraError(
    'bad-labels',
    `the labels do not fit the model: expected ${classes} names, one for each class, got ${names.length} (${source})`,
    {
      hint: `Give a file with one name a line, in the order of the model's outputs.${shiftHint(shift, names)}`,
      ...(shift !== undefined && { options: [`labelShift=${shift}`] }),
    },
  );
}

function shiftHint(shift: LabelShift | undefined, names: readonly string[]): string {
  if (shift === undefined) return '';
  if (shift === 'add-first') return ' The first output may be a background class that the list lacks.';
  const is = isBackground(names[0]) ? `is "${names[0]}", a background class` : 'may be a background class';
  return ` The first line ${is} that the model lacks: then move the names by one.`;
}
