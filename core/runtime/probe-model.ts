import type { Attribute, Graph, Node } from '../onnx/graph.ts';
import { encodeModel } from '../onnx/proto.ts';
import { createRandom } from '../random.ts';
import { float32, sizeOf, type Tensor } from '../tensor.ts';

/** Shape of the input `x` of {@link probeModel} to compare results (24 MFLOP) and to compare speeds (1.5 GFLOP). */
export const SMALL_PROBE = [1, 16, 16, 16] as const;
export const LARGE_PROBE = [16, 16, 32, 32] as const;

/** Normal deviates of a shape, times `scale`; the same for the same seed. */
export function noise(dims: readonly number[], seed: number, scale = 1): Tensor<'float32'> {
  const random = createRandom(seed);
  return float32(
    Float32Array.from({ length: sizeOf(dims) }, () => scale * random.normal()),
    dims,
  );
}

/**
 * A small classifier with the operators that matter, to try a device out: two 3 x 3 convolutions with ReLU, max and
 * global average pooling, a linear layer and a softmax. Input [batch, 16, height, width].
 */
export function probeModel(): Uint8Array {
  return encodeModel({
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: 'tessera',
    metadata: new Map(),
    graph: probeGraph(),
  });
}

function probeGraph(): Graph {
  const pads = ints([1, 1, 1, 1]);
  return {
    name: 'probe',
    inputs: [{ name: 'x', type: 'float32', dims: ['batch', 16, 'height', 'width'] }],
    outputs: [
      { name: 'features', type: 'float32', dims: undefined },
      { name: 'probabilities', type: 'float32', dims: undefined },
    ],
    nodes: [
      node('Conv', ['x', 'w1', 'b1'], 'c1', { pads }),
      node('Relu', ['c1'], 'r1'),
      node('Conv', ['r1', 'w2', 'b1'], 'c2', { pads }),
      node('Relu', ['c2'], 'features'),
      node('MaxPool', ['features'], 'pooled', { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
      node('GlobalAveragePool', ['pooled'], 'mean'),
      node('Flatten', ['mean'], 'rows'),
      node('Gemm', ['rows', 'w3'], 'logits', { transB: { type: 'int', value: 1 } }),
      node('Softmax', ['logits'], 'probabilities'),
    ],
    initializers: new Map([
      ['w1', noise([64, 16, 3, 3], 1, 0.1)],
      ['w2', noise([64, 64, 3, 3], 2, 0.05)],
      ['b1', noise([64], 3, 0.1)],
      ['w3', noise([10, 64], 4, 0.3)],
    ]),
    valueInfo: new Map(),
  };
}

function ints(value: readonly number[]): Attribute {
  return { type: 'ints', value };
}

function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Node {
  const entries = new Map(Object.entries(attributes));
  return { name: output, opType, domain: '', inputs, outputs: [output], attributes: entries };
}
