import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import type { ConceptEdit, EditWay } from '../../../core/editing/concept-edit.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { attributes } from '../../../core/onnx/attributes.ts';
import type { Model, Node, ValueInfo } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { createRandom } from '../../../core/random.ts';
import { float32, sizeOf, type ElementType } from '../../../core/tensor.ts';

const CHANNELS = 12;
const CONCEPTS = 4;

/** Every layout that a run knows. */
export const LAYOUTS = {
  NCHW: { shape: [1, CHANNELS, 3, 4], kind: 'spatial', channelAxis: 1, grid: [3, 4] },
  NHWC: { shape: [1, 3, 4, CHANNELS], kind: 'spatial', channelAxis: 3, grid: [3, 4] },
  tokens: { shape: [1, 7, CHANNELS], kind: 'tokens', channelAxis: 2, grid: [2, 3] },
  vector: { shape: [1, CHANNELS], kind: 'vector', channelAxis: 1, grid: [1, 1] },
  'pooled map': { shape: [1, CHANNELS, 1, 1], kind: 'vector', channelAxis: 1, grid: [1, 1] },
} as const satisfies Record<string, Omit<LayerRecord, 'tensor' | 'computeShare'>>;

export function layerOf(layout: keyof typeof LAYOUTS): LayerRecord {
  return { tensor: 'a', computeShare: 0.5, ...LAYOUTS[layout] };
}

/** Normal values, or their absolute ones. */
export function values(length: number, seed: number, isSigned = true): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => (isSigned ? random.normal() : Math.abs(random.normal())));
}

/** Directions of unit length without negative entries. */
function bankOf(seed = 3): Matrix {
  const bank = matrix(CONCEPTS, CHANNELS, values(CONCEPTS * CHANNELS, seed, false));
  for (let row = 0; row < CONCEPTS; row++) {
    const own = bank.data.subarray(row * CHANNELS, (row + 1) * CHANNELS);
    const norm = Math.hypot(...own);
    own.forEach((value, at) => (own[at] = value / norm));
  }
  return bank;
}

/** An edit that takes the first concept away and halves the third. */
export function editOf(how: EditWay): ConceptEdit {
  const bank = bankOf();
  return {
    ...{ how, bank, factors: [0, 1, 0.5, 1] },
    ...(how !== 'remove' && { means: [0.3, 0, 0.2, 0] }),
    ...(how === 'pattern' && { patterns: matrix(CONCEPTS, CHANNELS, values(CONCEPTS * CHANNELS, 8)) }),
  };
}

interface CaseOptions {
  readonly opset?: number;
  readonly irVersion?: number;
  readonly type?: ElementType;
  readonly more?: readonly Node[];
  readonly outputs?: readonly ValueInfo[];
}

/** x -> a = max(0, x) -> scores [n, 3], with a second output `activations`, which is a as well. */
export function modelOf(layer: LayerRecord, options: CaseOptions = {}): Model {
  const { opset = 17, irVersion = 8, type = 'float32', more = [], outputs = [] } = options;
  const size = sizeOf(layer.shape);
  const weights = float32(values(size * 3, 5), [size, 3]);
  const infoOf = (name: string, dims: ValueInfo['dims']): ValueInfo => ({ name, type, dims });
  return {
    irVersion,
    opsets: new Map([['', opset]]),
    producer: 'someone',
    metadata: new Map([['author', 'them']]),
    graph: {
      name: 'g',
      inputs: [infoOf('x', ['N', ...layer.shape.slice(1)])],
      outputs: [infoOf('scores', ['N', 3]), ...outputs],
      nodes: [
        makeNode('Relu', ['x'], ['a']),
        makeNode('Flatten', ['a'], ['flat'], attributes({ axis: 1 })),
        makeNode('MatMul', ['flat', 'weights'], ['scores']),
        ...more,
      ],
      initializers: new Map([['weights', weights]]),
      valueInfo: new Map(),
    },
  };
}
