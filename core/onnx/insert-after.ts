import { TesseraError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import type { Node } from './graph.ts';
import { encodeNode } from './graph-proto.ts';
import { graphFields, modelFields } from './messages.ts';
import { makeNode } from './graph-edits.ts';
import { wireFields, type WireField } from './wire-fields.ts';
import { text } from './wire-format.ts';
import { writeMessage } from './wire-format.ts';
import { Writer } from 'protobufjs/minimal.js';

/*
 * A model file is edited as bytes: the node that makes a tensor gives it another name, new nodes stand behind it and make
 * a tensor of the old name, which all that read it now read. Every other byte is as it was, also what decodeModel drops:
 * doc strings, functions, places of external data, fields that nobody here knows.
 */

/** Numbers of the fields that are looked at (onnx.proto3). */
const [GRAPH, NODE, NODE_OUTPUT] = [modelFields.graph.id, graphFields.nodes.id, 2];
/** What Protocol Buffers allow a file to be. */
const MOST_BYTES = 2 ** 31 - 1;

/** Nodes and constants that stand between a tensor and all that reads it. */
export interface Insertion {
  readonly tensor: string;
  /** A name that the file does not use; what made `tensor` now makes it. */
  readonly original: string;
  /** In order; the last makes `tensor`. */
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Tensor>;
}

/**
 * The model file with nodes inserted after a tensor of its main graph, and with further metadata. Constants become nodes,
 * which a file of any version may have.
 *
 * Returns undefined where no node of the main graph makes the tensor. Throws TesseraError 'bad-model' where the result is
 * larger than a file can be (2 GiB; external data does not count).
 */
export function insertAfter(
  file: Uint8Array,
  insertion: Insertion,
  metadata: readonly (readonly [key: string, value: string])[],
): Uint8Array | undefined {
  const graph = [...wireFields(file)].find(({ id }) => id === GRAPH);
  const producer = graph && producerIn(file, graph, insertion.tensor);
  if (graph === undefined || producer === undefined) return undefined;
  const inner = [
    file.subarray(graph.value, producer.start),
    longField(NODE, renamedOutput(file, producer, insertion)),
    writeMessage(graphFields, { nodes: newNodes(insertion).map(encodeNode) }),
    file.subarray(producer.end, graph.end),
  ];
  return joined([
    file.subarray(0, graph.start),
    lengthPrefix(GRAPH, totalOf(inner)),
    ...inner,
    file.subarray(graph.end),
    writeMessage(modelFields, { metadata: metadata.map(([key, value]) => ({ key, value })) }),
  ]);
}

function newNodes({ nodes, constants }: Insertion): readonly Node[] {
  const made = [...constants].map(([name, value]) =>
    makeNode('Constant', [], [name], new Map([['value', { type: 'tensor', value } as const]])),
  );
  return [...made, ...nodes];
}

/** The node of the main graph that makes a tensor. */
function producerIn(file: Uint8Array, graph: WireField, tensor: string): WireField | undefined {
  for (const field of wireFields(file, graph.value, graph.end)) {
    if (field.id !== NODE) continue;
    for (const part of wireFields(file, field.value, field.end))
      if (part.id === NODE_OUTPUT && textOf(file, part) === tensor) return field;
  }
  return undefined;
}

const utf8 = new TextDecoder();
const textOf = (file: Uint8Array, { value, end }: WireField): string =>
  utf8.decode(file.subarray(value, end));

function renamedOutput(file: Uint8Array, node: WireField, { tensor, original }: Insertion): Uint8Array {
  const parts = [...wireFields(file, node.value, node.end)].map((part) =>
    part.id === NODE_OUTPUT && textOf(file, part) === tensor
      ? longField(NODE_OUTPUT, new TextEncoder().encode(original))
      : file.subarray(part.start, part.end),
  );
  return joined(parts);
}

const lengthPrefix = (id: number, length: number): Uint8Array =>
  new Writer()
    .uint32((id << 3) | text.wireType)
    .uint32(length)
    .finish();

const longField = (id: number, value: Uint8Array): Uint8Array =>
  joined([lengthPrefix(id, value.length), value]);

const totalOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const total = totalOf(parts);
  if (total > MOST_BYTES) {
    throw new TesseraError('bad-model', 'With the edit, the model file would be larger than 2 GiB.', {
      hint: 'Save the model with its weights as external data first.',
    });
  }
  const out = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
