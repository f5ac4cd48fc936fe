import type { Attribute, Model, Node, ValueInfo } from '../../../core/onnx/graph.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import type { ElementType, Tensor } from '../../../core/tensor.ts';

/** A node of the standard operator set. */
export function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Node {
  return {
    name: `the ${opType}`,
    opType,
    domain: '',
    inputs,
    outputs,
    attributes: new Map(Object.entries(attributes)),
  };
}

/** A graph input or output of any size. */
export function value(name: string, type: ElementType = 'float32', dims?: ValueInfo['dims']): ValueInfo {
  return { name, type, dims };
}

/** Bytes of a model of a few nodes. */
export function tinyModel({
  inputs = [value('x', 'float32', ['n', 'm'])],
  outputs = [value('y')],
  nodes,
  initializers = {},
  opset = 17,
  domains = [],
}: {
  inputs?: readonly ValueInfo[];
  outputs?: readonly ValueInfo[];
  nodes: readonly Node[];
  initializers?: Readonly<Record<string, Tensor>>;
  opset?: number;
  domains?: readonly string[];
}): Uint8Array {
  const model: Model = {
    irVersion: 8,
    opsets: new Map([['', opset], ...domains.map((domain) => [domain, 1] as const)]),
    producer: 'tessera-test',
    metadata: new Map(),
    graph: {
      name: 'tiny',
      inputs,
      outputs,
      nodes,
      initializers: new Map(Object.entries(initializers)),
      valueInfo: new Map(),
    },
  };
  return encodeModel(model);
}
