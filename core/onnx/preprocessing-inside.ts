import type { ElementType, Tensor } from '../tensor.ts';
import { attributeOf } from './attributes.ts';
import type { Graph, Model, Node } from './graph.ts';
import { consumersOf, producersOf } from './graph-edits.ts';

/** What a graph does to each level x of its input before anything else: factor · x + offset, channel by channel. */
export interface NormalisationInside {
  /** The file declares an input of whole numbers: nothing but levels of 0…255 can be given. */
  readonly isWhole: boolean;
  /** One number for all channels, or one for each; [1] where the graph does nothing. */
  readonly factor: readonly number[];
  /** As many as `factor`. */
  readonly offset: readonly number[];
}

/** Operators that move levels about and do not change them. */
const CARRIERS = new Set(['Cast', 'Transpose', 'Identity', 'Gather', 'Slice', 'Resize', 'Dropout', 'Clip']);
/** Operators that ask for the shape alone. */
const SHAPE_READERS = new Set(['Shape', 'Size']);

/**
 * Finds the normalisation with which a graph begins: what Add, Sub, Mul and Div with constants, between casts and moves
 * of axes, make of the input up to the first other operator.
 *
 * Limits  A constant that is not one number, or one for each of 3 or 4 channels, ends the search, as does a tensor that
 *         several operators read.
 */
export function normalisationInside(
  { graph }: Pick<Model, 'graph'>,
  declared: ElementType,
): NormalisationInside {
  const [input] = graph.inputs;
  const consumers = consumersOf(graph);
  const producers = producersOf(graph);
  let found: NormalisationInside = { isWhole: /^u?int/.test(declared), factor: [1], offset: [0] };
  for (let at = input.name; ;) {
    const readers = (consumers.get(at) ?? []).filter(({ opType }) => !SHAPE_READERS.has(opType));
    const [reader] = readers;
    if (readers.length !== 1) return found;
    if (!CARRIERS.has(reader.opType) || reader.inputs[0] !== at) {
      const next = withStep(found, reader, at, (name) => constantIn(graph, producers, name));
      if (next === undefined) return found;
      found = next;
    }
    at = reader.outputs[0];
  }
}

/** The normalisation with one more operator; undefined where it is none of those that scale or shift by constants. */
function withStep(
  before: NormalisationInside,
  { opType, inputs }: Node,
  at: string,
  valueOf: (name: string) => readonly number[] | undefined,
): NormalisationInside | undefined {
  const [first, second] = inputs;
  const isSwapped = second === at;
  if (isSwapped && opType !== 'Add' && opType !== 'Mul') return undefined;
  const constant = second === undefined ? undefined : valueOf(isSwapped ? first : second);
  if (constant === undefined) return undefined;
  const { factor, offset, isWhole } = before;
  const length = Math.max(factor.length, constant.length);
  const zipped = Array.from({ length }, (_, i): [number, number] | undefined => {
    const own = constant[i % constant.length];
    const [scale, shift] = [factor[i % factor.length], offset[i % offset.length]];
    if (opType === 'Add') return [scale, shift + own];
    if (opType === 'Sub') return [scale, shift - own];
    if (opType === 'Mul') return [scale * own, shift * own];
    return opType === 'Div' ? [scale / own, shift / own] : undefined;
  });
  const known = zipped.filter((pair) => pair !== undefined);
  if (known.length < length) return undefined;
  return { isWhole, factor: known.map(([scale]) => scale), offset: known.map(([, shift]) => shift) };
}

/** One number, or one for each of 3 or 4 channels, that an initializer or a constant node holds. */
function constantIn(
  graph: Graph,
  producers: ReadonlyMap<string, Node>,
  name: string,
): readonly number[] | undefined {
  const own = graph.initializers.get(name);
  if (own !== undefined) return numbersOf(own);
  const node = producers.get(name);
  if (node === undefined) return undefined;
  if (['Identity', 'Cast', 'Reshape', 'Unsqueeze'].includes(node.opType))
    return constantIn(graph, producers, node.inputs[0]);
  if (node.opType !== 'Constant') return undefined;
  const value = attributeOf(node, 'value', 'tensor', undefined);
  const single = attributeOf(node, 'value_float', 'float', undefined);
  return value === undefined ? (single === undefined ? undefined : [single]) : numbersOf(value);
}

function numbersOf({ type, data }: Tensor): readonly number[] | undefined {
  // 16-bit floats are kept as their bits.
  const isNumbers = !['string', 'float16', 'bfloat16', 'bool'].includes(type);
  if (!isNumbers || ![1, 3, 4].includes(data.length)) return undefined;
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
