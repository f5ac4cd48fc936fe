import { attributes } from '../../../core/onnx/attributes.ts';
import type { AttributeValue } from '../../../core/onnx/attributes.ts';
import type { Model, Node, ValueInfo } from '../../../core/onnx/graph.ts';
import type { ElementType, Tensor } from '../../../core/tensor.ts';

/** A node in short form: operator, inputs, outputs, attributes. */
export type ShortNode = readonly [
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  values?: Readonly<Record<string, AttributeValue>>,
  domain?: string,
];

/** A small model written out by hand; its last output is the model's. */
export function smallModel(
  inputs: Readonly<Record<string, readonly number[] | { type: ElementType; dims: readonly number[] }>>,
  nodes: readonly ShortNode[],
  initializers: Readonly<Record<string, Tensor>> = {},
  opset = 17,
): Model {
  const info = (
    name: string,
    dims: readonly number[] | undefined,
    type: ElementType = 'float32',
  ): ValueInfo => ({
    name,
    type,
    dims,
  });
  return {
    irVersion: 8,
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
    ]),
    producer: 'test',
    metadata: new Map(),
    graph: {
      name: 'small',
      inputs: Object.entries(inputs).map(([name, given]) =>
        'type' in given ? info(name, given.dims, given.type) : info(name, given),
      ),
      outputs: [info(nodes.at(-1)?.[2][0] ?? '', undefined)],
      nodes: nodes.map(([opType, read, made, values = {}, domain = '']): Node => ({
        name: `${opType.toLowerCase()}_${made[0]}`,
        opType,
        domain,
        inputs: read,
        outputs: made,
        attributes: attributes(values),
      })),
      initializers: new Map(Object.entries(initializers)),
      valueInfo: new Map(),
    },
  };
}
