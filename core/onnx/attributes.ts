import type { Attribute, Node } from './graph.ts';

type ValueOf<K extends Attribute['type']> = (Attribute & { readonly type: K })['value'];

/** The value of an attribute of the named kind, or the fall-back when the node does not carry it. */
export function attributeOf<K extends Attribute['type'], D>(
  node: Node,
  name: string,
  kind: K,
  fallback: D,
): ValueOf<K> | D {
  const attribute = node.attributes.get(name);
  if (attribute?.type !== kind) return fallback;
  const value: unknown = attribute.value;
  return value as ValueOf<K> | D;
}

/** An integer attribute. */
export const intOf = (node: Node, name: string, fallback: number): number =>
  attributeOf(node, name, 'int', fallback);

/** A list-of-integers attribute, undefined when absent. */
export const intsOf = (node: Node, name: string): readonly number[] | undefined =>
  attributeOf(node, name, 'ints', undefined);

/** A float attribute. */
export const floatOf = (node: Node, name: string, fallback: number): number =>
  attributeOf(node, name, 'float', fallback);

/** A string attribute. */
export const stringOf = (node: Node, name: string, fallback: string): string =>
  attributeOf(node, name, 'string', fallback);

/** How messages name a node: by its name, or by what it makes. */
export function labelOf({ name, opType, outputs }: Node): string {
  return `node ${name || outputs[0] || '?'} (${opType})`;
}

/** A plain attribute value: an integer, text or list of integers as itself, a real number wrapped. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

/** Wraps plain values as ONNX attributes. */
export function attributes(values: Readonly<Record<string, AttributeValue>>): Map<string, Attribute> {
  return new Map(Object.entries(values).map(([name, value]) => [name, toAttribute(value)]));
}

function toAttribute(value: AttributeValue): Attribute {
  if (typeof value === 'number') return { type: 'int', value };
  if (typeof value === 'string') return { type: 'string', value };
  if (isList(value)) return { type: 'ints', value };
  return { type: 'float', value: value.float };
}

function isList(value: readonly number[] | { readonly float: number }): value is readonly number[] {
  return Array.isArray(value);
}
