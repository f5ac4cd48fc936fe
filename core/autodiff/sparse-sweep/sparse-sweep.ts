import type { Model, ValueInfo } from '../../onnx/graph.ts';
import { withGraph } from '../../onnx/graph-edits.ts';
import { encodeModel } from '../../onnx/proto.ts';
import type { KernelWorkers } from '../../kernel-threads.ts';
import type { Session, SessionFactory } from '../../platform.ts';
import { createQueue } from '../../queue.ts';
import { expectFloat32, sizeOf, type Tensor } from '../../tensor.ts';
import type { BackwardModel } from '../vjp.ts';
import type { GradientPlan } from './gradient-plan.ts';
import { LANES } from './kernel-layout.ts';
import { planGradients } from './plan-gradients.ts';
import { SWEEP_KERNEL, SWEEP_KERNEL_FUSED } from './sweep-kernel-bytes.ts';
import { layOutSweeps, type SweepProgram } from './sweep-program.ts';

/** Sweeps side by side beyond this many would take memory for cotangents that are rarely so many. */
const MOST_SWEEPS = 4;

/** A backward pass over many cotangents of one item that skips what its masks close. */
export interface SparseSweep {
  /** x [1, …], cotangents [K, …] of one item -> gradients [K · size of x]. Runs wait for those before them. */
  run(x: Tensor<'float32'>, cotangents: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Reverse-mode differentiation of convolutional networks where ReLU, clipping and maximum pooling have closed most of the
 * way. The masks depend on the item alone, so the cotangents lie innermost, sixteen to a pass, and a mask is looked up
 * once for all of them: what is closed is neither computed nor read. Of the forward pass's multiply-adds a third is
 * left in SqueezeNet, half in MobileNetV2. Passes run in threads of their own; forward values come from a session.
 *
 * Returns undefined where the graph has another operator on the path (see {@link planGradients}), or the machine no
 * threads or memory for it: the backward graph of vjp.ts does the same.
 *
 * Limits   One item at a time, float32; for few cotangents the backward graph is faster. Memory: the inner values that
 *          masks are read from, and a few rows of each gradient.
 */
export function openSparseSweep(backward: BackwardModel, sessions: SessionFactory): SparseSweep | undefined {
  const { forward, inputs } = backward;
  if (sessions.threads === undefined || inputs.others.length > 0) return undefined;
  const plan = planGradients(forward);
  if (plan === undefined) return undefined;
  const program = layOutSweeps(plan, Math.min(sessions.threads.count, MOST_SWEEPS));
  const workers = sessions.threads.open({ plain: SWEEP_KERNEL, fused: SWEEP_KERNEL_FUSED }, program.bytes);
  if (workers === undefined) return undefined;
  program.write(workers.memory);
  return onWorkers(backward, plan, program, workers, sessions);
}

function onWorkers(
  backward: BackwardModel,
  plan: GradientPlan,
  program: SweepProgram,
  workers: KernelWorkers,
  sessions: SessionFactory,
): SparseSweep {
  const [xSize, aSize] = [sizeOf(backward.xDims), sizeOf(backward.aDims)];
  const { from } = backward.forward;
  const numbers = new Float32Array(workers.memory);
  const words = new Int32Array(workers.memory);
  let session: Promise<Session> | undefined;

  const readValues = async (x: Tensor<'float32'>): Promise<void> => {
    session ??= sessions.open(encodeModel(forwardModel(backward, plan), { declareOutputs: false }));
    const inner = innerOf(plan, from);
    const values = inner.length === 0 ? {} : await (await session).run({ [from]: x }, inner);
    for (const [name, address] of program.planes) {
      const { data } = name === from ? x : expectFloat32(values[name], name);
      numbers.set(data, address / 4);
    }
    for (const side of program.preparations) await workers.run(side);
  };

  /** Gradients of as many cotangents, from the first on, as the sweeps have lanes for. */
  const sweepOver = async (cotangents: Float32Array): Promise<readonly Float32Array[]> => {
    const shares = shareOut(cotangents.length / aSize, program.sweeps.length);
    const used = program.sweeps.slice(0, shares.length);
    let next = 0;
    const parts = used.map((sweep, index) => {
      const own = cotangents.subarray(next, (next += shares[index] * aSize));
      const start = sweep.cotangents / 4;
      words[sweep.vectors / 4] = Math.ceil(own.length / aSize / 4);
      numbers.set(own, start);
      numbers.fill(0, start + own.length, start + LANES * aSize);
      return { start: sweep.gradients / 4, length: (own.length / aSize) * xSize };
    });
    await workers.run(used);
    return parts.map(({ start, length }) => numbers.subarray(start, start + length));
  };

  const sweepAll = async (x: Tensor<'float32'>, cotangents: Float32Array): Promise<Float32Array> => {
    const gradients = new Float32Array((cotangents.length / aSize) * xSize);
    await readValues(x);
    const round = program.sweeps.length * LANES * aSize;
    let done = 0;
    for (let start = 0; start < cotangents.length; start += round) {
      for (const part of await sweepOver(cotangents.subarray(start, start + round))) {
        gradients.set(part, done);
        done += part.length;
      }
    }
    return gradients;
  };

  // All runs work on the one memory.
  const inTurn = createQueue();
  return {
    run: (x, cotangents) => inTurn(() => sweepAll(x, cotangents)),
    dispose: () =>
      inTurn(async () => {
        await workers.dispose();
        await (await session)?.dispose();
      }),
  };
}

/** How many of at most LANES · `most` cotangents each sweep takes: about equal, in whole vectors of four lanes. */
function shareOut(count: number, most: number): number[] {
  const vectors = Math.ceil(count / 4);
  const sweeps = Math.min(most, vectors);
  const shares: number[] = [];
  for (let sweep = 0, left = count; sweep < sweeps; sweep++) {
    const own = Math.min(left, 4 * Math.ceil((vectors - sweep) / sweeps));
    shares.push(own);
    left -= own;
  }
  return shares;
}

/** The forward pass, from x to the inner values that the sweeps need. */
function forwardModel({ model, xDims, forward }: BackwardModel, plan: GradientPlan): Model {
  const info = (name: string, dims?: readonly number[]): ValueInfo => ({ name, type: 'float32', dims });
  return withGraph(
    { ...model, graph: forward.graph },
    {
      inputs: [info(forward.from, xDims)],
      outputs: innerOf(plan, forward.from).map((name) => info(name)),
    },
  );
}

/** Tensors that a forward pass has to compute; x is at hand. */
function innerOf({ values }: GradientPlan, from: string): string[] {
  return [...values.keys()].filter((name) => name !== from);
}
