import type { ElementType, Tensor } from '../tensor.ts';

/** An attribute of a node. Integers are int64 in the file; values beyond 2⁵³ are clamped on reading. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: Tensor }
  | { readonly type: 'graph'; readonly value: Graph }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensors'; readonly value: readonly Tensor[] }
  | { readonly type: 'graphs'; readonly value: readonly Graph[] };

/** One operator. An absent optional input or output is the empty string. */
export interface Node {
  readonly name: string;
  readonly opType: string;
  /** Empty for the standard operators (`ai.onnx`). */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A fixed size, a named symbol such as "batch", or unknown. */
export type Dimension = number | string | undefined;

/** Declared type of a tensor; `dims` undefined means unknown rank. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dimension[] | undefined;
}

/** A graph in topological order. Immutable: every pass returns a new one that shares what it did not change. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Declared types of inner tensors; most files carry none. */
  readonly valueInfo: ReadonlyMap<string, ValueInfo>;
}

/** A model file: a graph, what it needs, and what its author said about it. */
export interface Model {
  readonly irVersion: number;
  /** Operator-set versions by domain; '' is the standard one. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: Graph;
}
