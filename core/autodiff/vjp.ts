import type { Model } from '../onnx/graph.ts';
import { withoutDeadNodes } from '../onnx/graph-edits.ts';
import type { ValueInfo } from '../onnx/graph.ts';
import { backwardSweep } from './backward-sweep.ts';
import { GraphBuilder } from './graph-builder.ts';
import { pathBetween } from './path.ts';
import type { PreparedGraph } from './prepare.ts';
import { prepare } from './prepare.ts';

/** Between which tensors, and for which input size, a backward graph is wanted. */
export interface VjpOptions {
  /** The tensor to differentiate by: the model's input, or an inner tensor, at which the graph is then cut. */
  readonly from: string;
  /** The tensor whose cotangents are given. */
  readonly to: string;
  /** Concrete size of every model input, batch included; the backward graph holds for this size only. */
  readonly inputDims: ReadonlyMap<string, readonly number[]>;
  /** `batch`: v is [K, ...dims of to] with K free; `single`: v has the shape of `to` itself. @default 'batch' */
  readonly cotangents?: 'batch' | 'single';
}

/** What was differentiated: a graph, and the tensors through which `from` reaches `to` smoothly. */
export interface ForwardPath extends PreparedGraph {
  readonly from: string;
  readonly to: string;
  readonly path: ReadonlySet<string>;
}

/** A backward graph as an ordinary ONNX model, and the names to feed and fetch. */
export interface BackwardModel {
  readonly model: Model;
  readonly inputs: {
    /** The value of the `from` tensor, under that tensor's name. */
    readonly x: string;
    /** The cotangents. */
    readonly v: string;
    /** Model inputs that `to` needs besides the `from` tensor; empty when the graph is cut there cleanly. */
    readonly others: readonly string[];
  };
  readonly outputs: { readonly a: string; readonly gx: string };
  readonly xDims: readonly number[];
  readonly aDims: readonly number[];
  readonly forward: ForwardPath;
}

/**
 * Vector-Jacobian products of a part of a model, as a new model: reverse-mode differentiation, graph to graph.
 *
 * The result computes `a`, the value of `to`, once, and for each of K cotangents v the product
 * gx = (∂to/∂from)ᵀ v. Only nodes on the smooth path between the two tensors are differentiated; shape
 * arithmetic is folded for `inputDims`; forward nodes that nothing needs are dropped. Models before operator
 * set 17 are converted to it. At kinks the conventions are torch's (0 for ReLU at 0; the first maximum of a pool).
 *
 * Shapes   x [...from], v [K, ...to]; a [...to], gx [K, ...from]. With `cotangents: 'single'` without K.
 * Throws   TesseraError 'unknown-name' (no such tensor), 'not-differentiable' (no smooth path; a node in a form
 *          that has no gradient), 'unsupported-operator' (an operator without a rule, or of unknown shape).
 * Source   Griewank & Walther 2008, Evaluating Derivatives, chapter 3 (reverse mode).
 * Limits   Memory grows with K: the caller chooses the batch. Sizes other than K are fixed.
 */
export function vjp(model: Model, options: VjpOptions): BackwardModel {
  const prepared = prepare(model, options);
  const { graph, opset, facts } = prepared;
  const path = pathBetween(graph, options.from, options.to, (name) => facts.get(name)?.type);
  const builder = new GraphBuilder(opset, namesIn(prepared));
  const io = declare(builder, prepared, options);
  const isSingle = options.cotangents === 'single';
  const seed = isSingle ? builder.reshape(io.v.name, [1, ...prepared.aDims]) : io.v.name;

  const swept = backwardSweep(prepared, builder, path, { ...options, seed });
  const gradient = isSingle ? builder.reshape(swept.gradient, prepared.xDims) : swept.gradient;
  builder.alias(options.to, io.a.name);
  builder.alias(gradient, io.gx.name);
  const whole = withoutDeadNodes({
    ...graph,
    inputs: [],
    outputs: [io.a, io.gx],
    nodes: [...swept.forward, ...builder.nodes],
    initializers: new Map([...graph.initializers, ...builder.initializers]),
    valueInfo: new Map(),
  });
  const read = new Set(whole.nodes.flatMap(({ inputs }) => inputs));
  const others = graph.inputs.filter(({ name }) => name !== options.from && read.has(name));
  return {
    model: {
      ...model,
      irVersion: Math.max(model.irVersion, 8),
      opsets: new Map([...model.opsets, ['', opset]]),
      graph: { ...whole, inputs: [io.x, io.v, ...others] },
    },
    inputs: { x: io.x.name, v: io.v.name, others: others.map(({ name }) => name) },
    outputs: { a: io.a.name, gx: io.gx.name },
    xDims: prepared.xDims,
    aDims: prepared.aDims,
    forward: { ...prepared, from: options.from, to: options.to, path },
  };
}

function namesIn({ graph }: PreparedGraph): string[] {
  return [
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(({ name, inputs, outputs }) => [name, ...inputs, ...outputs]),
  ];
}

interface Declared {
  readonly x: ValueInfo;
  readonly v: ValueInfo;
  readonly a: ValueInfo;
  readonly gx: ValueInfo;
}

/** Inputs and outputs of the backward model; `x` keeps its name, the others get free ones. */
function declare(builder: GraphBuilder, prepared: PreparedGraph, options: VjpOptions): Declared {
  const { xDims, aDims, facts } = prepared;
  const count = options.cotangents === 'single' ? [] : ['K'];
  const typeOf = (name: string) => facts.get(name)?.type ?? 'float32';
  return {
    x: { name: options.from, type: typeOf(options.from), dims: xDims },
    v: { name: builder.freshName('v'), type: typeOf(options.to), dims: [...count, ...aDims] },
    a: { name: builder.freshName('a'), type: typeOf(options.to), dims: aDims },
    gx: { name: builder.freshName('gx'), type: typeOf(options.from), dims: [...count, ...xDims] },
  };
}
