import { TesseraError } from '../errors.ts';
import {
  guessPreprocessing,
  preprocessingFrom,
  type PreprocessingGuess,
} from '../images/guess-preprocessing.ts';
import { parseJson } from '../images/model-card.ts';
import { frameOf, type Preprocessing } from '../images/preprocessing.ts';
import {
  allPresets,
  fromPreset,
  presetNames,
  resizingNames,
  type InputFrame,
} from '../images/preprocessing-presets.ts';
import type { ModelFile } from '../onnx/load-model.ts';
import { normalisationInside } from '../onnx/preprocessing-inside.ts';
import type { ClassifierSignature } from '../onnx/validate.ts';
import type { AlphaHandling, Storage } from '../platform.ts';
import { readInput } from '../read-input.ts';

/** The preprocessing in use and where it came from. */
export interface PreprocessingSource {
  readonly preprocessing: Preprocessing;
  readonly source: PreprocessingGuess['source'] | 'chosen';
  readonly reason: string;
}

/** Side in pixels for models that take any size, unless their card says another. */
const USUAL_SIZE = 224;

/** What a person may say of how pictures are prepared. */
interface AskedPreprocessing {
  /** A preset's name, or a JSON file with a card's `preprocessing` fields. */
  readonly preprocessing?: string;
  /** What becomes of transparent pixels, whatever the preprocessing says. */
  readonly alpha?: AlphaHandling;
}

/**
 * How pictures are prepared for a model: as asked, else as its card or metadata says, else a guess, with the reason.
 * Throws TesseraError 'bad-model' for inputs that no picture fits, 'bad-usage' for an unknown preset or a wrong file.
 */
export async function choosePreprocessing(
  storage: Storage,
  file: ModelFile,
  signature: ClassifierSignature,
  { preprocessing, alpha }: AskedPreprocessing,
): Promise<PreprocessingSource> {
  return withAlpha(await chosenSource(storage, file, signature, preprocessing), alpha);
}

async function chosenSource(
  storage: Storage,
  { path, model }: ModelFile,
  { input }: ClassifierSignature,
  asked: string | undefined,
): Promise<PreprocessingSource> {
  const declared = declaredFrame(input);
  const inside = normalisationInside(model, input.type);
  if (asked === undefined) {
    const guess = await guessPreprocessing(storage, {
      path,
      metadata: model.metadata,
      input: declared,
      inside,
    });
    const isFree = input.height === undefined && input.width === undefined;
    return isFree && (guess.source === 'default' || guess.source === 'graph') ? withUsualSize(guess) : guess;
  }
  const preset = allPresets.find((name) => name === asked);
  if (preset !== undefined) {
    return { preprocessing: fromPreset(preset, declared), source: 'chosen', reason: `preset ${preset}` };
  }
  if (!(await storage.exists(asked))) {
    throw new TesseraError('bad-usage', `There is no preprocessing preset or file called "${asked}".`, {
      hint: `Presets: ${presetNames.join(', ')}; each also with a way to resize behind it, as in ${presetNames[0]}/${resizingNames[0]}: ${resizingNames.join(', ')}.`,
    });
  }
  return {
    preprocessing: await readPreprocessing(storage, asked, declared),
    source: 'chosen',
    reason: asked,
  };
}

/** Says that nothing told the size. */
function withUsualSize(guess: PreprocessingGuess): PreprocessingGuess {
  const { size } = guess.preprocessing;
  return {
    ...guess,
    reason: `${guess.reason}; the model takes any size, and ${size} px is assumed, for which a card may say another ("size")`,
  };
}

/** A card's `preprocessing` field, or its fields alone. */
async function readPreprocessing(
  storage: Storage,
  path: string,
  defaults: InputFrame,
): Promise<Preprocessing> {
  const json = parseJson(new TextDecoder().decode(await readInput(storage, path, 'bad-usage')), path);
  const isCard = typeof json === 'object' && json !== null && 'preprocessing' in json;
  return preprocessingFrom(isCard ? json.preprocessing : json, defaults, path);
}

/** What the graph asks for; a side it leaves open is as long as the other, or of the usual length. */
function declaredFrame({ height, width, layout, channels }: ClassifierSignature['input']): InputFrame {
  const size = height ?? width ?? USUAL_SIZE;
  return { size, layout, channels, ...((width ?? size) !== size && { width }) };
}

function withAlpha(source: PreprocessingSource, alpha: AlphaHandling | undefined): PreprocessingSource {
  if (alpha === undefined) return source;
  return { ...source, preprocessing: { ...source.preprocessing, alpha } };
}

/** Sizes of the input for one picture; 'bad-usage' where the preprocessing makes others than the model takes. */
export function dimsFor({ input }: ClassifierSignature, preprocessing: Preprocessing): readonly number[] {
  const { layout } = preprocessing;
  const { width, height } = frameOf(preprocessing);
  const isWrong =
    (input.height ?? height) !== height || (input.width ?? width) !== width || layout !== input.layout;
  if (isWrong) {
    throw new TesseraError(
      'bad-usage',
      `The preprocessing makes ${layout} pictures of ${width} x ${height} pixels; the model takes ${input.layout} of ${input.width ?? 'any'} x ${input.height ?? 'any'}.`,
      { hint: 'Correct `size`, `width` and `layout` in the card or in the preprocessing file.' },
    );
  }
  return layout === 'NCHW' ? [1, input.channels, height, width] : [1, height, width, input.channels];
}
