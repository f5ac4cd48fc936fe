/** What is needed of a preprocessing to tell of it, see core/images/preprocessing.ts. */
interface Told {
  readonly size: number;
  readonly width?: number | undefined;
  readonly resizeShort?: number | undefined;
  readonly fit: 'cover' | 'stretch' | 'contain';
  readonly kernel: string;
  readonly channelOrder: string;
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const KERNELS: Readonly<Record<string, string>> = {
  'pil-bilinear': 'bilinear of Pillow',
  'pil-bicubic': 'bicubic of Pillow',
  'opencv-linear': 'linear of OpenCV',
  'tensorflow-bilinear': 'bilinear of TensorFlow 2',
  'tensorflow-legacy': 'bilinear of TensorFlow 1',
};

/** The channels of the input: "grey", "RGB", "BGR and alpha". */
export function channelsText({ mean, channelOrder }: Pick<Told, 'mean' | 'channelOrder'>): string {
  if (mean.length === 1) return 'grey';
  return mean.length === 4 ? `${channelOrder} and alpha` : channelOrder;
}

/** How pictures become the input, in a line. */
export function preprocessingText(told: Told): string {
  const { size, width = size, scale, mean, std } = told;
  const frame = width === size ? String(size) : `${width} x ${size}`;
  const values = `(v / ${scale} - ${listed(mean)}) / ${listed(std)}`;
  return `${frame} px, ${channelsText(told)}, ${values}; ${resizingText(told)}`;
}

/** How pictures are resized: "shorter side to 256 px and the centre cut out, cubic". */
function resizingText({ fit, kernel, resizeShort }: Told): string {
  const how = KERNELS[kernel] ?? kernel;
  if (fit === 'stretch') return `squashed to the frame, ${how}`;
  if (fit === 'contain') return `whole with grey beside it, ${how}`;
  const short = resizeShort === undefined ? 'just covering the frame' : `shorter side to ${resizeShort} px`;
  return `${short} and the centre cut out, ${how}`;
}

function listed(values: readonly number[]): string {
  return values.length === 1 ? String(values[0]) : `[${values.join(', ')}]`;
}

/** How a preprocessing came about, see `PreprocessingSource` of core/pipeline. */
export interface PreprocessingOrigin {
  readonly source: string;
  readonly reason: string;
}

const CAME_ABOUT: Readonly<Record<string, string>> = {
  card: 'The preprocessing is',
  metadata: 'The preprocessing is',
  graph: 'The preprocessing follows from the model:',
  chosen: 'The preprocessing was chosen:',
};

/** How a preprocessing came about, a sentence; a guess is called one. */
export function originText({ source, reason }: PreprocessingOrigin): string {
  return `${CAME_ABOUT[source] ?? 'The preprocessing is a guess:'} ${reason}.`;
}

/** Are so few of the answers right that what the model was given is in doubt? */
export function isDoubtful({ known, hits }: { readonly known: number; readonly hits: number }): boolean {
  return known > 0 && hits < known / 2;
}

/** What few right answers often mean, with how the preprocessing came about where that is known. */
export function fewRightText(origin: PreprocessingOrigin | undefined): string {
  const often = 'So few right answers often mean the wrong preprocessing or labels in another order.';
  return origin === undefined ? often : `${often} ${originText(origin)}`;
}
