import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { readInput } from '../read-input.ts';
import { readCard } from './model-card.ts';
import { parseLabels } from './parse-labels.ts';

/** Names of a model's classes, in the order of its logits. */
export interface Labels {
  readonly names: readonly string[];
  /** Where they come from, for people: a path, "the model's metadata", or "numbers". */
  readonly source: string;
}

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
}

/** Keys under which exporters store class names. */
const METADATA_KEYS = ['labels', 'names', 'classes', 'class_names', 'id2label'];

/**
 * Finds the names of a model's classes: in the file given, else in the card beside the model (field `labels`: a file
 * name beside the card, or the names), else in the model's metadata, else numbers. Of a file that is gone the names that
 * a project kept. Throws 'bad-labels' when a file or
 * card does not hold one name a class; metadata that does not fit is passed over.
 */
export async function loadLabels(storage: Storage, question: LabelQuestion): Promise<Labels> {
  const { labelsPath, modelPath, metadata, classes, kept } = question;
  if (labelsPath !== undefined) {
    const isGone = kept !== undefined && !(await storage.exists(labelsPath));
    return isGone ? checkLabels(kept.names, kept.source, classes) : fromFile(storage, labelsPath, classes);
  }
  const card = await readCard(storage, modelPath);
  const field = ofOutput(card?.fields['labels'], question.output);
  if (card !== undefined && typeof field === 'string') {
    return fromFile(storage, storage.join(storage.dirname(card.path), field), classes);
  }
  if (card !== undefined && field !== undefined) {
    return checkLabels(parseLabels(JSON.stringify(field), card.path), card.path, classes);
  }
  return fromMetadata(metadata, classes) ?? numberedLabels(classes);
}

/** Of names for several outputs, those of one. */
function ofOutput(field: unknown, output: string | undefined): unknown {
  const isByOutput =
    typeof field === 'object' &&
    field !== null &&
    !Array.isArray(field) &&
    Object.values(field).every(Array.isArray);
  return isByOutput && output !== undefined ? (field as Record<string, unknown>)[output] : field;
}

/** Labels for a model that tells no names: "class 0", "class 1", … */
function numberedLabels(classes: number): Labels {
  return { names: Array.from({ length: classes }, (_, index) => `class ${index}`), source: 'numbers' };
}

async function fromFile(storage: Storage, path: string, classes: number): Promise<Labels> {
  const text = new TextDecoder().decode(await readInput(storage, path, 'bad-labels'));
  if (/\.csv$/i.test(path)) refuseTable(text, path);
  return checkLabels(parseLabels(text, path), path, classes);
}

/** A table of anything has as many lines as it likes; names stand alone, or after their index. */
function refuseTable(text: string, path: string): void {
  const fields = /"(?:[^"]|"")*"|[^,;\t]+/g;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const isList = (line: string): boolean => {
    const [first, second, ...others] = line.match(fields) ?? [];
    return others.length === 0 && (second === undefined || /^\s*\d+\s*$/.test(first ?? ''));
  };
  if (lines.every(isList)) return;
  throw new TesseraError('bad-labels', `${path} is a table, not a list of class names.`, {
    hint: 'Give one name a line, or an index and a name, in the order of the outputs of the model.',
  });
}

function fromMetadata(metadata: ReadonlyMap<string, string>, classes: number): Labels | undefined {
  const source = "the model's metadata";
  for (const key of METADATA_KEYS) {
    const text = metadata.get(key);
    if (text === undefined) continue;
    try {
      return checkLabels(parseLabels(text, source), source, classes);
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
    }
  }
  return undefined;
}

/** The labels, or 'bad-labels' when there is not one name for each class. */
function checkLabels(names: readonly string[], source: string, classes: number): Labels {
  if (names.length === classes) return { names, source };
  const excess =
    names.length === classes + 1 ? ' The first line may be a background class that the model lacks.' : '';
  throw new TesseraError(
    'bad-labels',
    `the labels do not fit the model: expected ${classes} names, one for each class, got ${names.length} (${source})`,
    { hint: `Give a file with one name a line, in the order of the model's outputs.${excess}` },
  );
}
