import { frameOf, type Preprocessing } from './preprocessing.ts';

/** What a preset says about the values of pixels; the geometry and the layout come from the model. */
export type ValuePreset = Pick<Preprocessing, 'channelOrder' | 'scale' | 'mean' | 'std'>;

/**
 * The normalisations that published classifiers use:
 * imagenet — torchvision and timm; symmetric — TF-slim, Inception, ViT-augreg ([-1, 1]); unit — [0, 1];
 * raw — 0…255, normalised inside the model; caffe — 0…255, BGR, ImageNet mean subtracted; clip — OpenAI CLIP.
 */
const presets = {
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
} as const satisfies Record<string, ValuePreset>;

export type PresetName = keyof typeof presets;

/** Names of the presets, the likeliest first. */
export const presetNames = Object.keys(presets) as readonly PresetName[];

/**
 * A full preprocessing from a preset and the model's input: its size and layout. The shorter side of a picture becomes
 * 256 / 224 of the input's and the centre is cut out, as ImageNet classifiers are evaluated; inputs under 100 pixels
 * take the whole square, as CIFAR's do.
 */
export function fromPreset(
  name: PresetName,
  input: Pick<Preprocessing, 'size' | 'width' | 'layout'>,
): Preprocessing {
  const { size, layout } = input;
  const { width, height } = frameOf(input);
  const short = Math.min(width, height);
  const resizeShort = short < 100 ? short : Math.round((short * 256) / 224);
  const frame = width === size ? { size } : { size, width };
  return { ...presets[name], ...frame, resizeShort, fit: 'cover', kernel: 'cubic', layout };
}
