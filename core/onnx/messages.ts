import {
  bytes,
  double,
  float,
  int32,
  many,
  message,
  nested,
  one,
  signed,
  text,
  unsigned,
} from './wire-format.ts';
import type { Codec, MessageOf } from './wire-format.ts';

/*
 * The messages of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3) that carry meaning here.
 * Left out, hence dropped on reading: doc strings, metadata of nodes and tensors, quantisation annotations,
 * training information, device configurations.
 */

// StringStringEntryProto.
const entry = message({ key: one(1, text), value: one(2, text) });

const tensorFields = {
  dims: many(1, signed),
  dataType: one(2, int32),
  floatData: many(4, float),
  int32Data: many(5, int32),
  stringData: many(6, bytes),
  int64Data: many(7, signed),
  name: one(8, text),
  rawData: one(9, bytes),
  doubleData: many(10, double),
  uint64Data: many(11, unsigned),
  externalData: many(13, entry),
  dataLocation: one(14, int32),
};
/** TensorProto: a constant, its values in the field of their type, raw, or in a file beside the model. */
export type TensorMessage = MessageOf<typeof tensorFields>;
const tensor = message(tensorFields);

const dimensionFields = { value: one(1, signed), symbol: one(2, text) };
const shapeFields = {
  dims: many(1, message(dimensionFields)),
};
const tensorTypeFields = {
  elementType: one(1, int32),
  shape: one(
    2,
    nested<MessageOf<typeof shapeFields>>(() => shapeFields),
  ),
};
const typeFields = {
  tensor: one(1, message(tensorTypeFields)),
  sequence: one(4, bytes),
  map: one(5, bytes),
  optional: one(9, bytes),
};
const valueInfoFields = {
  name: one(1, text),
  type: one(2, message(typeFields)),
};
/** ValueInfoProto: name, element type and shape of a tensor. */
export type ValueInfoMessage = MessageOf<typeof valueInfoFields>;
const valueInfo = message(valueInfoFields);

/**
 * AttributeProto. It may hold a graph, a graph holds nodes, a node holds attributes: the type is spelt out to end the
 * circle for the compiler.
 */
export interface AttributeMessage {
  readonly name: string | undefined;
  readonly referencedName: string | undefined;
  readonly type: number | undefined;
  readonly f: number | undefined;
  readonly i: bigint | undefined;
  readonly s: Uint8Array | undefined;
  readonly t: Partial<TensorMessage> | undefined;
  readonly g: Partial<GraphMessage> | undefined;
  readonly floats: readonly number[];
  readonly ints: readonly bigint[];
  readonly strings: readonly Uint8Array[];
  readonly tensors: readonly Partial<TensorMessage>[];
  readonly graphs: readonly Partial<GraphMessage>[];
}
const graph: Codec<Partial<GraphMessage>> = nested(() => graphFields);
const attribute: Codec<Partial<AttributeMessage>> = nested(() => ({
  name: one(1, text),
  f: one(2, float),
  i: one(3, signed),
  s: one(4, bytes),
  t: one(5, tensor),
  g: one(6, graph),
  floats: many(7, float),
  ints: many(8, signed),
  strings: many(9, bytes),
  tensors: many(10, tensor),
  graphs: many(11, graph),
  type: one(20, int32),
  referencedName: one(21, text),
}));

const nodeFields = {
  inputs: many(1, text),
  outputs: many(2, text),
  name: one(3, text),
  opType: one(4, text),
  attributes: many(5, attribute),
  domain: one(7, text),
  overload: one(8, text),
};
/** NodeProto: one operator with its inputs, outputs and attributes. */
export type NodeMessage = MessageOf<typeof nodeFields>;
const node: Codec<Partial<NodeMessage>> = nested(() => nodeFields);

/** The fields of a GraphProto. */
export const graphFields = {
  nodes: many(1, node),
  name: one(2, text),
  initializers: many(5, tensor),
  inputs: many(11, valueInfo),
  outputs: many(12, valueInfo),
  valueInfo: many(13, valueInfo),
  sparseInitializers: many(15, bytes),
};
/** GraphProto: nodes in order, constants, inputs and outputs. */
export type GraphMessage = MessageOf<typeof graphFields>;

// OperatorSetIdProto.
const opset = message({ domain: one(1, text), version: one(2, signed) });

const functionFields = {
  name: one(1, text),
  inputs: many(4, text),
  outputs: many(5, text),
  nodes: many(7, node),
  opsets: many(9, opset),
  domain: one(10, text),
  defaults: many(11, attribute),
  overload: one(13, text),
};
/** FunctionProto: an operator that the model defines itself. */
export type FunctionMessage = MessageOf<typeof functionFields>;

/** The root of an ONNX file. */
export const modelFields = {
  irVersion: one(1, signed),
  producerName: one(2, text),
  producerVersion: one(3, text),
  graph: one(7, graph),
  opsets: many(8, opset),
  metadata: many(14, entry),
  functions: many(25, message(functionFields)),
};
/** ModelProto: the graph, its operator sets and who made it. */
export type ModelMessage = MessageOf<typeof modelFields>;
