import { TesseraError } from '../errors.ts';
import type { NormalisationInside } from '../onnx/preprocessing-inside.ts';
import type { Storage } from '../platform.ts';
import { parseJson, readCard } from './model-card.ts';
import { channelCount, parsePreprocessing, type Preprocessing } from './preprocessing.ts';
import { fromPreset, type InputFrame } from './preprocessing-presets.ts';

/** A preprocessing and where it comes from, for people. */
export interface PreprocessingGuess {
  readonly preprocessing: Preprocessing;
  readonly source: 'card' | 'metadata' | 'graph' | 'default';
  readonly reason: string;
}

/** What is known of a model before it has run. */
export interface ModelFacts {
  readonly path: string;
  /** Key-value pairs that the model's author stored in the file. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What the graph says of the input's size, layout and channels. */
  readonly input: InputFrame;
  /** With what the graph begins. */
  readonly inside: NormalisationInside;
}

/**
 * Finds a model's preprocessing: in a card beside it (MODEL.json, or card.json in its folder), else in its metadata
 * (key `preprocessing`, JSON), else from the normalisation with which the graph begins, else ImageNet's (for grey
 * pictures levels from 0 to 1), with the reason. Size and layout default to those of the graph.
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
  return fromGraph(model) ?? assumed(model);
}

function assumed({ input }: ModelFacts): PreprocessingGuess {
  const isGrey = input.channels === 1;
  const said = isGrey ? 'grey levels from 0 to 1 are assumed' : 'the ImageNet mean and deviation are assumed';
  return {
    preprocessing: fromPreset(isGrey ? 'unit' : 'imagenet', input),
    source: 'default',
    reason: `neither a card beside the model nor its metadata tells it, so ${said}`,
  };
}

/** What is left to do for a graph that normalises by itself: nothing but to give levels in the range that it expects. */
function fromGraph({ input, inside }: ModelFacts): PreprocessingGuess | undefined {
  const range = rangeFor(inside);
  if (range === undefined) return undefined;
  return {
    preprocessing: fromPreset(range === 255 ? 'raw' : 'unit', input),
    source: 'graph',
    reason: inside.isWhole
      ? 'the model takes whole numbers, so levels are given as they are, 0 to 255'
      : `the graph begins with its own normalisation, ${stepText(inside)}, made for levels from 0 to ${range}, so that is what it is given`,
  };
}

/**
 * The largest level that a normalisation is made for, 1 or 255; undefined where it does nothing, or nothing that tells.
 * The level that becomes 0 lies inside the range; where nothing is shifted, the factor brings the range to about 1 to 5.
 *
 * @internal Tests look at it.
 */
export function rangeFor({ isWhole, factor, offset }: NormalisationInside): 1 | 255 | undefined {
  if (isWhole) return 255;
  const every = (is: (scale: number, zero: number) => boolean): boolean =>
    factor.every((scale, i) => is(scale, -offset[i] / scale));
  if (offset.some((shift) => shift !== 0)) {
    if (every((scale, zero) => zero > 0 && zero < 1 && scale >= 0.5)) return 1;
    return every((scale, zero) => zero > 1 && zero < 255 && scale > 0 && scale <= 1) ? 255 : undefined;
  }
  if (every((scale) => scale >= 1 / 300 && scale <= 1 / 40)) return 255;
  return every((scale) => scale >= 254 && scale <= 256) ? 1 : undefined;
}

/** "(x - 0.485) / 0.229 …", the first channel's where they differ. */
function stepText({ factor, offset }: NormalisationInside): string {
  const short = (values: readonly number[]): string => {
    const texts = values.map((value) => String(Number(value.toPrecision(4))));
    return new Set(texts).size === 1 ? texts[0] : `[${texts.join(', ')}]`;
  };
  const zeros = factor.map((scale, i) => -offset[i] / scale);
  const shifted = zeros.every((zero) => zero === 0) ? 'x' : `(x - ${short(zeros)})`;
  const divisors = short(factor.map((scale) => 1 / scale));
  return divisors === '1' ? shifted : `${shifted} / ${divisors}`;
}

/** Reads the fields of a preprocessing, naming its source in errors; size, layout and channels default to the model's. */
export function preprocessingFrom(fields: unknown, defaults: InputFrame, source: string): Preprocessing {
  const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  const { channels, ...frame } = defaults;
  try {
    const preprocessing = parsePreprocessing(isObject ? { ...frame, ...fields } : fields, channels);
    return checkChannels(preprocessing, channels);
  } catch (cause) {
    if (!(cause instanceof TesseraError)) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new TesseraError(cause.code, `${source}: ${cause.message}`, { cause, ...hint });
  }
}

function checkChannels(preprocessing: Preprocessing, channels: number): Preprocessing {
  const given = channelCount(preprocessing);
  if (given === channels) return preprocessing;
  const expected = channels === 1 ? 'one channel (grey)' : `${channels} channels`;
  throw new TesseraError(
    'bad-usage',
    `the preprocessing is not valid: mean and std have ${given} numbers, the model takes ${expected}`,
    { hint: 'Give mean and std one number for each channel of the input.' },
  );
}
