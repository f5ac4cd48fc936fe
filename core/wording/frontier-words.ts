import { conceptsText } from './bank-words.ts';
import { decimalText, shortPercentText } from './number-text.ts';

/** From where on a rest is little and concepts count as found again, see core/metrics/frontier.ts. */
interface Bounds {
  readonly rest: number;
  readonly stability: number;
}

/** How the marks of the comparison of layers are read. */
export function frontierReading({ rest, stability }: Bounds): string {
  return `Upwards the share of the score's movement that no concept explains, on images that the concepts were not made from; up to ${shortPercentText(rest)}, the line where it is in sight, it is little. A colour is a layer. In a circle the number of concepts, in a square that of sparse ones; a dashed outline where the two halves of the images give others (likeness below ${decimalText(stability)}), a thick one what the comparison argues for.`;
}

/** What the comparison argues for, and by which rule. */
export function frontierAdvice(
  suggested: { readonly layer: string; readonly r: number; readonly bank: 'usual' | 'sparse' },
  argument: 'fewest-active' | 'least-rest' | 'none-found-again',
  { rest, stability }: Bounds,
): string {
  const little = `at most ${shortPercentText(rest)} that no concept explains`;
  const again = `found again (${decimalText(stability)} or more)`;
  const why = {
    'fewest-active': `of the choices that leave ${little} and are ${again}, this one has the fewest concepts active in an image and so is the easiest to read`,
    'least-rest': `none that is ${again} leaves ${little}, and of those this one leaves the least`,
    'none-found-again': `none is ${again}, and this one leaves the least that no concept explains`,
  }[argument];
  return `The comparison argues for ${conceptsText(suggested)} at ${suggested.layer}: ${why}.`;
}

/** Hues of layers in the order of their depth, each at least 3:1 against the page in its theme. */
const LAYER_COLOURS = [
  ['#a85400', '#f0a04b'],
  ['#64720a', '#b9c94a'],
  ['#007d72', '#3fd0c0'],
  ['#6a4fc4', '#ab96f7'],
  ['#b8307c', '#f07ab8'],
  ['#555c68', '#a2a9b5'],
] as const;

/** The colour of the layer at a place among those compared, on light and on dark. */
export function layerColour(at: number): { readonly onLight: string; readonly onDark: string } {
  const [onLight, onDark] = LAYER_COLOURS[at % LAYER_COLOURS.length];
  return { onLight, onDark };
}

/** Characters at the start that a name keeps which is shortened in its middle. */
const HEAD = 4;

/**
 * Names of layers in at most `length` characters: without the parts that all end with, and what is still too long without
 * its middle, "/f/f.1/f.1.2…", "/fea….2/features.2.2…".
 */
export function layerNames(layers: readonly string[], length: number): string[] {
  const parts = layers.map((layer) => layer.split('/'));
  const fewest = Math.min(...parts.map(({ length: count }) => count));
  let shared = 0;
  while (
    layers.length > 1 &&
    shared < fewest - 1 &&
    new Set(parts.map((one) => one.at(-1 - shared))).size === 1
  )
    shared++;
  return layers.map((layer, at) => {
    if (layer.length <= length) return layer;
    const name = shared === 0 ? layer : `${parts[at].slice(0, -shared).join('/')}…`;
    return name.length <= length ? name : `${name.slice(0, HEAD)}…${name.slice(HEAD + 1 - length)}`;
  });
}

/** What the axis upwards shows. */
export const FRONTIER_AXIS = 'share of the movement that no concept explains';

/** Upper end of the axis upwards: what is shown fills it, the bound of what is little is drawn where it lies within. */
export function frontierTop(rests: readonly number[]): number {
  return Math.max(0.001, 1.2 * Math.max(0, ...rests));
}
