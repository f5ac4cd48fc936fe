import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { parseJson, readCard } from './model-card.ts';
import { parsePreprocessing, type Preprocessing } from './preprocessing.ts';
import { fromPreset } from './preprocessing-presets.ts';

/** A preprocessing and where it comes from, for people. */
export interface PreprocessingGuess {
  readonly preprocessing: Preprocessing;
  readonly source: 'card' | 'metadata' | 'default';
  readonly reason: string;
}

/** What is known of a model before it has run. */
export interface ModelFacts {
  readonly path: string;
  /** Key-value pairs that the model's author stored in the file. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What the graph says of the input's size and layout. */
  readonly input: Pick<Preprocessing, 'size' | 'width' | 'layout'>;
}

/**
 * Finds a model's preprocessing: in a card beside it (MODEL.json, or card.json in its folder), else in its metadata
 * (key `preprocessing`, JSON), else ImageNet's, with the reason. Size and layout default to those of the graph.
 * Throws 'bad-usage' when a card or the metadata is there but wrong: a silent default would give wrong results.
 */
export async function guessPreprocessing(storage: Storage, model: ModelFacts): Promise<PreprocessingGuess> {
  const card = await readCard(storage, model.path);
  const found = card?.fields['preprocessing'];
  if (card !== undefined && found !== undefined) {
    return {
      preprocessing: preprocessingFrom(found, model.input, card.path),
      source: 'card',
      reason: `from the card ${card.path}`,
    };
  }
  const stored = model.metadata.get('preprocessing');
  if (stored !== undefined) {
    const fields = parseJson(stored, "the model's metadata");
    return {
      preprocessing: preprocessingFrom(fields, model.input, "the model's metadata"),
      source: 'metadata',
      reason: "from the model's metadata",
    };
  }
  return {
    preprocessing: fromPreset('imagenet', model.input),
    source: 'default',
    reason:
      'neither a card beside the model nor its metadata tells it, so the ImageNet mean and deviation are assumed',
  };
}

/** Reads the fields of a preprocessing, naming its source in errors; size and layout default to the model's. */
export function preprocessingFrom(
  fields: unknown,
  defaults: ModelFacts['input'],
  source: string,
): Preprocessing {
  const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  try {
    return parsePreprocessing(isObject ? { ...defaults, ...fields } : fields);
  } catch (cause) {
    if (!(cause instanceof TesseraError)) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new TesseraError(cause.code, `${source}: ${cause.message}`, { cause, ...hint });
  }
}
