import { channelCount, frameOf, type Preprocessing } from './preprocessing.ts';

/** What a preset says of the values of pixels; the layout comes from the model. */
type Values = Pick<Preprocessing, 'channelOrder' | 'scale' | 'mean' | 'std'>;

/**
 * The normalisations that published classifiers use:
 * imagenet — torchvision and timm; symmetric — TF-slim, Inception, ViT-augreg ([-1, 1]); unit — [0, 1];
 * raw — 0…255, normalised inside the model; caffe — 0…255, BGR, ImageNet mean subtracted; clip — OpenAI CLIP.
 */
const VALUES = {
  imagenet: { channelOrder: 'RGB', scale: 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  symmetric: { channelOrder: 'RGB', scale: 1, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
  unit: { channelOrder: 'RGB', scale: 255, mean: [0, 0, 0], std: [1, 1, 1] },
  raw: { channelOrder: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  caffe: { channelOrder: 'BGR', scale: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
  clip: {
    channelOrder: 'RGB',
    scale: 255,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
} as const satisfies Record<string, Values>;

/**
 * How libraries resize before evaluation, each to the level (see resample.ts): `crop` makes the shorter side a little
 * longer than the input's and cuts the centre out, `squash` gives up the proportions.
 */
const RESIZINGS = {
  'pil-crop': { kernel: 'pil-bilinear', fit: 'cover' },
  'pil-bicubic-crop': { kernel: 'pil-bicubic', fit: 'cover' },
  'pil-squash': { kernel: 'pil-bilinear', fit: 'stretch' },
  'opencv-crop': { kernel: 'opencv-linear', fit: 'cover' },
  'opencv-squash': { kernel: 'opencv-linear', fit: 'stretch' },
  'tensorflow-squash': { kernel: 'tensorflow-bilinear', fit: 'stretch' },
  'tensorflow1-squash': { kernel: 'tensorflow-legacy', fit: 'stretch' },
} as const satisfies Record<string, Pick<Preprocessing, 'kernel' | 'fit'>>;

type ValueName = keyof typeof VALUES;
type ResizingName = keyof typeof RESIZINGS;

/** Values alone are resized as ever: libvips' cubic, the centre cut out. */
export type PresetName = ValueName | `${ValueName}/${ResizingName}`;

/** Names of the presets of values, the likeliest first. */
export const presetNames = Object.keys(VALUES) as readonly ValueName[];

/** Ways to resize that follow the name of a preset after a stroke: "imagenet/opencv-squash". */
export const resizingNames = Object.keys(RESIZINGS) as readonly ResizingName[];

/** The presets with the values of one, the usual resizing first. */
export function presetsOf(name: PresetName): PresetName[] {
  const [values] = name.split('/') as [ValueName];
  return [values, ...resizingNames.map((resizing) => `${values}/${resizing}` as const)];
}

/** Every preset. */
export const allPresets: readonly PresetName[] = presetNames.flatMap(presetsOf);

/** What the graph says of the input. */
export type InputFrame = Pick<Preprocessing, 'size' | 'width' | 'layout'> & { readonly channels: number };

/** The frame that a preprocessing makes. */
export function inputFrame(preprocessing: Preprocessing): InputFrame {
  const { size, width, layout } = preprocessing;
  return { size, layout, channels: channelCount(preprocessing), ...(width !== undefined && { width }) };
}

/**
 * A full preprocessing from a preset and the model's input: its size, layout and channels. Where the centre is cut out,
 * the shorter side of a picture becomes 256 / 224 of the input's, as ImageNet classifiers are evaluated; inputs under
 * 100 pixels take the whole square, as CIFAR's do.
 */
export function fromPreset(name: PresetName, input: InputFrame): Preprocessing {
  const [values, resizing] = name.split('/') as [ValueName, ResizingName?];
  const { size, layout, channels } = input;
  const { width, height } = frameOf(input);
  const { kernel, fit } =
    resizing === undefined ? ({ kernel: 'cubic', fit: 'cover' } as const) : RESIZINGS[resizing];
  const short = Math.min(width, height);
  const resizeShort = short < 100 ? short : Math.round((short * 256) / 224);
  return {
    ...valuesFor(VALUES[values], channels),
    size,
    ...(width !== size && { width }),
    ...(fit === 'cover' && { resizeShort }),
    fit,
    kernel,
    layout,
  };
}

/**
 * The preset that makes the same of a picture as a preprocessing, however that is written and whatever becomes of alpha;
 * undefined where none does.
 */
export function presetOf(preprocessing: Preprocessing): PresetName | undefined {
  const own = essence(preprocessing);
  return allPresets.find((name) => essence(fromPreset(name, inputFrame(preprocessing))) === own);
}

/** Mean and deviation in levels of 0…255, to six digits. */
function essence(preprocessing: Preprocessing): string {
  const { scale, mean, std, fit, kernel, resizeShort, channelOrder } = preprocessing;
  const levels = (values: readonly number[]): string[] =>
    values.map((value) => (value * scale).toPrecision(6));
  const order = channelCount(preprocessing) === 1 ? '' : channelOrder;
  const { width, height } = frameOf(preprocessing);
  const short = fit === 'cover' ? (resizeShort ?? Math.min(width, height)) : '';
  return JSON.stringify([fit, kernel, short, order, levels(mean), levels(std)]);
}

/** Grey takes the mean of the colours as a grey picture would have it; alpha is brought to the range of the colours. */
function valuesFor(values: Values, channels: number): Values {
  const { scale, mean, std, channelOrder } = values;
  if (channels === 1)
    return { ...values, channelOrder: 'RGB', mean: [greyOf(values, mean)], std: [greyOf(values, std)] };
  if (channels !== 4) return { channelOrder, scale, mean: [...mean], std: [...std] };
  const isSymmetric = mean.every((value) => value === mean[0]) && mean[0] > 0;
  return {
    ...values,
    mean: [...mean, isSymmetric ? mean[0] : 0],
    std: [...std, isSymmetric ? std[0] : 1],
  };
}

function greyOf({ channelOrder }: Values, own: readonly number[]): number {
  const [red, green, blue] = channelOrder === 'RGB' ? own : own.toReversed();
  return Number((0.299 * red + 0.587 * green + 0.114 * blue).toPrecision(6));
}
