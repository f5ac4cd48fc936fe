import { TesseraError } from '../errors.ts';
import type { ElementType, Tensor } from '../tensor.ts';
import { intOf, intsOf } from './attributes.ts';
import type { Dimension, Model, Node, ValueInfo } from './graph.ts';

/** Order of the axes of a batch of pictures: channels first or last. */
export type ImageLayout = 'NCHW' | 'NHWC';

/** The pictures that a model takes. */
export interface ImageInput {
  readonly name: string;
  /** As the file declares it; every session takes float32, see prepareModel. */
  readonly type: ElementType;
  /** As the file declares them: -1 and 0 mean any. */
  readonly dims: readonly Dimension[];
  readonly layout: ImageLayout;
  /** 1 (grey), 3 (colour) or 4 (colour and alpha). */
  readonly channels: number;
  /** Pixels; undefined when the model takes any size. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  /** The batch the model was exported with; undefined when free. */
  readonly batch: number | undefined;
}

/** In pixels; larger ones are no pictures, but a damaged or hostile file. */
export const LARGEST_SIDE = 8192;

/** Operators that leave every axis where it is: the layout can be read after them. */
const KEEPS_AXES = new Set(
  'Cast CastLike Identity Add Sub Mul Div Neg Clip Min Max QuantizeLinear DequantizeLinear Dropout Pad Resize'.split(
    ' ',
  ),
);

function fail(message: string, hint: string): never {
  throw new TesseraError('bad-model', message, { hint });
}

/** A tensor as messages show it: name, sizes, and the type where it matters. */
const shownInput = ({ name, dims }: ValueInfo) =>
  `${name} [${dims?.map((dim) => dim ?? '?').join(', ') ?? '?'}]`;

const sized = (dim: Dimension) => (typeof dim === 'number' && dim > 0 ? dim : undefined);
const isChannelCount = (dim: Dimension) => dim === 1 || dim === 3 || dim === 4;

/** What the first operators say of the axes of the picture. */
interface FirstReader {
  readonly layout?: ImageLayout;
  readonly channels?: number;
}

/** A constant with one entry a channel, beside the picture: last axis, or second of four. */
function ofConstant({ dims }: Tensor): FirstReader {
  const last = dims.at(-1) ?? 1;
  if (dims.slice(0, -1).every((size) => size === 1) && last > 1 && isChannelCount(last))
    return { layout: 'NHWC', channels: last };
  const [channels, ...rest] = dims.slice(-3);
  const isFirst = dims.length >= 3 && rest.every((size) => size === 1) && isChannelCount(channels);
  return isFirst && channels > 1 ? { layout: 'NCHW', channels } : {};
}

function readBy(node: Node, { initializers }: Model['graph']): FirstReader | undefined {
  if (node.opType === 'Conv') {
    const kernel = initializers.get(node.inputs[1])?.dims;
    return { layout: 'NCHW', ...(kernel && { channels: kernel[1] * intOf(node, 'group', 1) }) };
  }
  if (node.opType === 'Transpose') {
    const perm = intsOf(node, 'perm')?.join();
    return perm === '0,3,1,2' ? { layout: 'NHWC' } : {};
  }
  const constant = node.inputs.map((name) => initializers.get(name)).find((value) => value !== undefined);
  const found = constant && ofConstant(constant);
  if (found?.layout !== undefined) return found;
  return KEEPS_AXES.has(node.opType) ? undefined : {};
}

/** Follows the picture through what leaves its axes in place, to the first operator that tells them apart. */
function firstReader({ graph }: Model, input: string): FirstReader {
  let name = input;
  for (const node of graph.nodes) {
    if (!node.inputs.includes(name)) continue;
    const found = readBy(node, graph);
    if (found !== undefined) return found;
    name = node.outputs[0];
  }
  return {};
}

/** Which axis of the input holds the channels: by its size, else by what the first operators make of it. */
export function layoutOf(model: Model, { name, dims = [] }: ValueInfo): ImageLayout {
  const [first, last] = [isChannelCount(dims[1]), isChannelCount(dims[3])];
  if (first !== last) return first ? 'NCHW' : 'NHWC';
  return firstReader(model, name).layout ?? 'NCHW';
}

/** What an input that is no batch of pictures seems to be, and what is expected of it. */
function refuseAxes({ name, type, dims }: ValueInfo): never {
  const shown = `${shownInput({ name, type, dims })} (${type})`;
  const isWhole = /int/.test(type);
  const expected = 'expected one picture with four axes, [N, C, H, W] or [N, H, W, C]';
  if (type === 'string')
    fail(
      `The model's input ${shown} is text or a file as it lies on disk; ${expected}.`,
      'Export the model without decoding pictures inside.',
    );
  switch (dims?.length) {
    case 5:
      return fail(
        `The model's input ${shown} has five axes, as video or a volume has; ${expected}.`,
        'Tessera explains what a model sees in single pictures: choose a model of pictures, or export this one for one frame or slice.',
      );
    case 2:
      return isWhole
        ? fail(
            `The model's input ${shown} is integers of two axes, as the tokens of a text are; ${expected}.`,
            'Tessera explains models of pictures, not of text.',
          )
        : fail(
            `The model's input ${shown} has two axes, as the rows of a table have; ${expected}.`,
            'Tessera explains models of pictures.',
          );
    case 3:
      return fail(
        `The model's input ${shown} has three axes: a sequence, or one picture without an axis for the batch; ${expected}.`,
        'If it is a picture, export the model with a batch axis before the others.',
      );
    default:
      return fail(`The model's input is ${shown}; ${expected}.`, 'Tessera explains models of pictures.');
  }
}

function onlyInput({ graph: { inputs } }: Model): ValueInfo & { readonly dims: readonly Dimension[] } {
  const [input] = inputs;
  if (inputs.length !== 1) {
    const listed = inputs.map(shownInput).join(', ');
    fail(
      `The model has ${inputs.length} inputs${inputs.length ? `: ${listed}` : ''}; expected one, an image.`,
      'Tessera explains models with a single input, a picture.',
    );
  }
  const { dims, type } = input;
  if (dims?.length !== 4 || type === 'string' || type === 'bool') refuseAxes(input);
  return { ...input, dims };
}

function channelsOf(model: Model, input: ValueInfo, declared: Dimension): number {
  const channels = sized(declared) ?? firstReader(model, input.name).channels;
  if (channels === undefined) {
    return fail(
      `The number of channels of ${shownInput(input)} is not fixed; expected 1 (grey), 3 (colour) or 4 (colour and alpha).`,
      'Export the model for a fixed number of channels.',
    );
  }
  if (isChannelCount(channels)) return channels;
  return fail(
    `The model's input ${shownInput(input)} has ${channels} channels; expected 1 (grey), 3 (colour) or 4 (colour and alpha).`,
    'Pictures of more bands, as satellites make them, cannot be read yet.',
  );
}

/**
 * The pictures that a model takes: which axis holds the channels, how many there are, what is free. `declared` is the
 * model as it stands in its file, where `model` is a changed one.
 *
 * Throws TesseraError 'bad-model': not one input; other than four axes (video, text, tables: named with type and
 * shape); channels other than 1, 3 and 4; a side of more than 8192 pixels.
 */
export function describeImageInput(model: Model, declared: Model = model): ImageInput {
  const input = onlyInput(declared);
  const { name, type, dims } = input;
  const layout = layoutOf(model, input);
  const [channelAxis, rows, cols] = layout === 'NCHW' ? [1, 2, 3] : [3, 1, 2];
  const [height, width] = [sized(dims[rows]), sized(dims[cols])];
  if (Math.max(height ?? 1, width ?? 1) > LARGEST_SIDE) {
    fail(
      `The model's input is ${shownInput(input)}; pictures of at most ${LARGEST_SIDE} pixels a side are made for it.`,
      'Export the model for smaller pictures, or with height and width left open.',
    );
  }
  const channels = channelsOf(model, input, dims[channelAxis]);
  return { name, type, dims, layout, channels, height, width, batch: sized(dims[0]) };
}
