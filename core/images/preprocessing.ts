import { z } from 'zod';
import { TesseraError, invariant } from '../errors.ts';
import {
  ALPHA_LABELS,
  RESIZE_KERNELS,
  type AlphaHandling,
  type FilePicture,
  type FitOptions,
  type RgbImage,
} from '../platform.ts';
import { LARGEST_SIDE } from '../onnx/image-input.ts';
import { float32, type Tensor } from '../tensor.ts';

const SIDE = z.int().min(1).max(LARGEST_SIDE);
/** Of a grey picture, of colours, and of colours with alpha. */
const CHANNELS = [1, 3, 4];
const hasChannels = ({ length }: readonly number[]): boolean => CHANNELS.includes(length);
const ONE_A_CHANNEL = 'expected a list of 1, 3 or 4 numbers, one for each channel of the input';

/** Every field of a {@link Preprocessing}, none of them with a usual value. */
export const PREPROCESSING_FIELDS = z.strictObject({
  size: SIDE,
  width: SIDE.optional(),
  resizeShort: SIDE.optional(),
  fit: z.enum(['cover', 'stretch', 'contain']),
  kernel: z.enum([...RESIZE_KERNELS.libvips, ...RESIZE_KERNELS.libraries]),
  channelOrder: z.enum(['RGB', 'BGR']),
  scale: z.number().positive(),
  mean: z.array(z.number()).refine(hasChannels, ONE_A_CHANNEL),
  std: z.array(z.number().positive()).refine(hasChannels, ONE_A_CHANNEL),
  layout: z.enum(['NCHW', 'NHWC']),
  alpha: z.enum(Object.keys(ALPHA_LABELS) as [AlphaHandling, ...AlphaHandling[]]).optional(),
});

const { shape } = PREPROCESSING_FIELDS;
const CARD = z.object({
  ...shape,
  fit: shape.fit.default('cover'),
  kernel: shape.kernel.default('cubic'),
  channelOrder: shape.channelOrder.default('RGB'),
  scale: shape.scale.default(255),
  mean: shape.mean.optional(),
  std: shape.std.optional(),
  layout: shape.layout.default('NCHW'),
});

/**
 * How a picture becomes the model's input: fitted to `size` x `size` pixels, or `width` x `size` (see
 * {@link FitOptions}), then each channel value v of 0…255 becomes (v / scale - mean) / std. `mean` and `std` have one
 * number for each channel of the tensor, in its order: 1 for grey levels ({@link greyLevel}), 3 in the order of
 * `channelOrder`, 4 with the opacity behind them.
 */
export interface Preprocessing {
  /** Side of a square input, height of any other. */
  readonly size: number;
  /** Of an input that is not square. */
  readonly width?: number | undefined;
  readonly resizeShort?: number | undefined;
  readonly fit: FitOptions['fit'];
  readonly kernel: FitOptions['kernel'];
  readonly channelOrder: 'RGB' | 'BGR';
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly layout: 'NCHW' | 'NHWC';
  /** What becomes of transparent pixels, where the input has no channel for them. @default 'white' */
  readonly alpha?: AlphaHandling | undefined;
}

/**
 * Reads the preprocessing of a model card. Absent fields take the commonest value: cover, cubic, RGB, values of
 * 0…1, NCHW, as many channels as `mean` or `std` has numbers, else `channels`. Throws 'bad-usage' naming each field that
 * is wrong.
 */
export function parsePreprocessing(json: unknown, channels = 3): Preprocessing {
  const parsed = CARD.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new TesseraError('bad-usage', `the preprocessing is not valid: ${faults.join('; ')}`, {
      hint: 'A model card holds size, fit, kernel, channelOrder, scale, mean, std, layout and alpha.',
    });
  }
  const { mean, std, ...fields } = parsed.data;
  const { length } = mean ?? std ?? new Array<number>(channels);
  return checkLengths(
    checkCut({
      ...fields,
      mean: mean ?? new Array<number>(length).fill(0),
      std: std ?? new Array<number>(length).fill(1),
    }),
  );
}

function checkCut(preprocessing: Preprocessing): Preprocessing {
  const { resizeShort } = preprocessing;
  const { width, height } = frameOf(preprocessing);
  const size = Math.min(width, height);
  if (resizeShort === undefined || resizeShort >= size) return preprocessing;
  throw new TesseraError(
    'bad-usage',
    `the preprocessing is not valid: resizeShort is ${resizeShort}, but ${size} pixels are to be cut out of it`,
    { hint: `Set resizeShort to ${size} or more.` },
  );
}

function checkLengths(preprocessing: Preprocessing): Preprocessing {
  const [means, deviations] = [preprocessing.mean.length, preprocessing.std.length];
  if (means === deviations) return preprocessing;
  throw new TesseraError(
    'bad-usage',
    `the preprocessing is not valid: mean has ${means} numbers and std ${deviations}`,
    { hint: 'Give both one number for each channel of the input.' },
  );
}

/** Channels of the input that a preprocessing makes: 1, 3 or 4. */
export function channelCount({ mean }: Pick<Preprocessing, 'mean'>): number {
  return mean.length;
}

/** Pixels of the model's input. */
export function frameOf({ size, width = size }: Pick<Preprocessing, 'size' | 'width'>) {
  return { width, height: size };
}

/** The part of a preprocessing that an image codec does. */
export function fitOf(preprocessing: Preprocessing): FitOptions {
  const { fit, kernel, resizeShort, alpha } = preprocessing;
  return {
    ...frameOf(preprocessing),
    fit,
    kernel,
    ...(resizeShort !== undefined && { resizeShort }),
    ...(alpha !== undefined && { alpha }),
    ...(channelCount(preprocessing) === 4 && { keepsOpacity: true }),
  };
}

/** A fitted picture; one without `opacity` is opaque. */
type FittedPicture = RgbImage & Pick<FilePicture, 'opacity'>;

/** Fitted pictures as one input batch, [n, C, height, width] or [n, height, width, C]; all of the input's size. */
export function toInputTensor(
  images: readonly FittedPicture[],
  preprocessing: Preprocessing,
): Tensor<'float32'> {
  const { layout } = preprocessing;
  const frame = frameOf(preprocessing);
  const channels = channelCount(preprocessing);
  const plane = frame.width * frame.height;
  const data = new Float32Array(images.length * channels * plane);
  const tables = channelTables(preprocessing);
  images.forEach((picture, index) => {
    invariant(
      picture.width === frame.width && picture.height === frame.height,
      `toInputTensor: picture is ${picture.width} x ${picture.height}, not ${frame.width} x ${frame.height}`,
    );
    const target = data.subarray(index * channels * plane, (index + 1) * channels * plane);
    tables.forEach((values, channel) => {
      const { levels, first, step } = levelsOf(picture, preprocessing, channel);
      const [start, stride] = layout === 'NCHW' ? [channel * plane, 1] : [channel, channels];
      for (let from = first, to = start, i = 0; i < plane; i++, from += step, to += stride) {
        target[to] = values[levels[from]];
      }
    });
  });
  const spatial = [frame.height, frame.width];
  return float32(
    data,
    layout === 'NCHW' ? [images.length, channels, ...spatial] : [images.length, ...spatial, channels],
  );
}

/** For each channel of the tensor, what each of the 256 levels becomes. */
function channelTables({ scale, mean, std }: Preprocessing): Float32Array[] {
  return mean.map((own, channel) =>
    Float32Array.from({ length: 256 }, (_, level) => (level / scale - own) / std[channel]),
  );
}

/** Where the levels of a channel of the tensor lie in a picture. */
function levelsOf(picture: FittedPicture, preprocessing: Preprocessing, channel: number) {
  const { data, opacity, width, height } = picture;
  const channels = channelCount(preprocessing);
  if (channels === 1) return { levels: greyLevels(data), first: 0, step: 1 };
  if (channel === 3)
    return { levels: opacity ?? new Uint8Array(width * height).fill(255), first: 0, step: 1 };
  return { levels: data, first: preprocessing.channelOrder === 'RGB' ? channel : 2 - channel, step: 3 };
}

function greyLevels(data: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: data.length / 3 }, (_, pixel) =>
    greyLevel(data[3 * pixel], data[3 * pixel + 1], data[3 * pixel + 2]),
  );
}

/** Brightness of a colour by ITU-R 601, as Pillow's convert('L'): (299 R + 587 G + 114 B) / 1000, halves rounded up. */
function greyLevel(red: number, green: number, blue: number): number {
  return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
}
