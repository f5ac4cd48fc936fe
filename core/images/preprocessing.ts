import { z } from 'zod';
import { TesseraError, invariant } from '../errors.ts';
import { ALPHA_LABELS, type AlphaHandling, type FitOptions, type RgbImage } from '../platform.ts';
import { LARGEST_SIDE } from '../onnx/image-input.ts';
import { float32, type Tensor } from '../tensor.ts';

const SIDE = z.int().min(1).max(LARGEST_SIDE);

/** Every field of a {@link Preprocessing}, none of them with a usual value. */
export const PREPROCESSING_FIELDS = z.strictObject({
  size: SIDE,
  width: SIDE.optional(),
  resizeShort: SIDE.optional(),
  fit: z.enum(['cover', 'stretch', 'contain']),
  kernel: z.enum(['nearest', 'linear', 'cubic', 'lanczos3']),
  channelOrder: z.enum(['RGB', 'BGR']),
  scale: z.number().positive(),
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
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
  mean: shape.mean.default([0, 0, 0]),
  std: shape.std.default([1, 1, 1]),
  layout: shape.layout.default('NCHW'),
});

/**
 * How a picture becomes the model's input: fitted to `size` x `size` pixels, or `width` x `size` (see
 * {@link FitOptions}), then each channel value v of 0…255 becomes (v / scale - mean) / std. `mean` and `std` are in
 * the order of `channelOrder`, which is the order of the channels in the tensor.
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
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly layout: 'NCHW' | 'NHWC';
  /** What becomes of transparent pixels. @default 'white' */
  readonly alpha?: AlphaHandling | undefined;
}

/**
 * Reads the preprocessing of a model card. Absent fields take the commonest value: cover, cubic, RGB, values of
 * 0…1, NCHW. Throws 'bad-usage' naming each field that is wrong.
 */
export function parsePreprocessing(json: unknown): Preprocessing {
  const parsed = CARD.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new TesseraError('bad-usage', `the preprocessing is not valid: ${faults.join('; ')}`, {
      hint: 'A model card holds size, fit, kernel, channelOrder, scale, mean, std, layout and alpha.',
    });
  }
  return checkCut(parsed.data);
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
  };
}

/** Fitted pictures as one input batch, [n, 3, height, width] or [n, height, width, 3]; all of the input's size. */
export function toInputTensor(images: readonly RgbImage[], preprocessing: Preprocessing): Tensor<'float32'> {
  const { layout } = preprocessing;
  const frame = frameOf(preprocessing);
  const plane = frame.width * frame.height;
  const data = new Float32Array(images.length * 3 * plane);
  const tables = channelTables(preprocessing);
  images.forEach(({ width, height, data: pixels }, index) => {
    invariant(
      width === frame.width && height === frame.height,
      `toInputTensor: picture is ${width} x ${height}, not ${frame.width} x ${frame.height}`,
    );
    const target = data.subarray(index * 3 * plane, (index + 1) * 3 * plane);
    tables.forEach(({ source, values }, channel) => {
      const [start, step] = layout === 'NCHW' ? [channel * plane, 1] : [channel, 3];
      for (let from = source, to = start, i = 0; i < plane; i++, from += 3, to += step) {
        target[to] = values[pixels[from]];
      }
    });
  });
  const spatial = [frame.height, frame.width];
  return float32(data, layout === 'NCHW' ? [images.length, 3, ...spatial] : [images.length, ...spatial, 3]);
}

/** For each channel of the tensor, where it lies in a pixel and what each of the 256 levels becomes. */
function channelTables({ channelOrder, scale, mean, std }: Preprocessing) {
  return [0, 1, 2].map((channel) => ({
    source: channelOrder === 'RGB' ? channel : 2 - channel,
    values: Float32Array.from({ length: 256 }, (_, level) => (level / scale - mean[channel]) / std[channel]),
  }));
}
