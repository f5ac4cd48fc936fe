import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { vjp } from '../../core/autodiff/vjp.ts';
import type { Model } from '../../core/onnx/graph.ts';
import { withGraph } from '../../core/onnx/graph-edits.ts';
import { decodeModel, encodeModel } from '../../core/onnx/proto.ts';
import { sizeOf } from '../../core/tensor.ts';

/** Concepts of one image; the targets are a speed-up over torch of 2, and a backward of at most 2 forwards. */
const CONCEPTS = 25;
const CASES = [
  { model: 'squeezenet1_1', tensor: 'concat_61' },
  { model: 'mobilenet_v2', tensor: 'conv62_relu6' },
] as const;
const BATCHES = [1, 5, 25] as const;
const REPEATS = 5;

const script = path.join(import.meta.dirname, 'python/vjp_torch.py');
const models = path.join(import.meta.dirname, '../../../shared/data/models');
const execute = promisify(execFile);

/** Milliseconds on the clock, and of processor time, which other programs on the machine disturb less. */
interface Cost {
  readonly wall: number;
  readonly processor: number;
}

interface TorchTimes {
  readonly forward: readonly [number, number];
  readonly backward: readonly [number, number];
}

async function best(run: () => Promise<unknown>): Promise<Cost> {
  let [wall, processor] = [Infinity, Infinity];
  await run();
  for (let i = 0; i < REPEATS; i++) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await run();
    const { user, system } = process.cpuUsage(used);
    wall = Math.min(wall, performance.now() - start);
    processor = Math.min(processor, (user + system) / 1000);
  }
  return { wall, processor };
}

const openSession = (model: Model, threads: number) =>
  InferenceSession.create(encodeModel(model, { declareOutputs: false }), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });

const noise = (dims: readonly number[]) =>
  new Tensor(
    'float32',
    Float32Array.from({ length: sizeOf(dims) }, () => Math.random() - 0.5),
    [...dims],
  );

async function measure(name: string, tensor: string, threads: number): Promise<string[]> {
  const file = path.join(models, `${name}.onnx`);
  const model = decodeModel(new Uint8Array(await readFile(file)));
  const input = model.graph.inputs.find((info) => !model.graph.initializers.has(info.name));
  const from = input?.name ?? '';
  const dims = (input?.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
  const x = noise(dims);
  const latent = withGraph(model, { outputs: [{ name: tensor, type: 'float32', dims: undefined }] });
  const forwardSession = await openSession(latent, threads);
  const forward = await best(() => forwardSession.run({ [from]: x }));
  await forwardSession.release();

  const backward = vjp(model, { from, to: tensor, inputDims: new Map([[from, dims]]) });
  const session = await openSession(backward.model, threads);
  const costs: Cost[] = [];
  for (const batch of BATCHES) {
    const v = noise([batch, ...backward.aDims]);
    costs.push(await best(() => session.run({ [from]: x, [backward.inputs.v]: v }, [backward.outputs.gx])));
  }
  await session.release();

  const { stdout } = await execute('python3', [script, file, tensor, String(CONCEPTS), String(threads)]);
  const torch = JSON.parse(stdout) as TorchTimes;
  const label = `${name} ${tensor}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const [torchWall, torchProcessor] = torch.backward;
  const rows = BATCHES.map((batch, i) => {
    const { wall, processor } = costs[i];
    return (
      `${label}, K=${batch}: ${(wall / batch).toFixed(1)} ms a concept, forward included` +
      ` | torch backward alone ${torchWall.toFixed(1)} ms, x${((torchWall * batch) / wall).toFixed(2)}` +
      ` | processor time ${(processor / batch).toFixed(1)} against ${torchProcessor.toFixed(1)} ms, x${((torchProcessor * batch) / processor).toFixed(2)}`
    );
  });
  // The forward is shared: what one more concept costs is the slope between two batch sizes.
  const extra = (costs[1].processor - costs[0].processor) / (BATCHES[1] - BATCHES[0]);
  rows.push(
    `${label}: forward ${forward.wall.toFixed(1)} ms (processor ${forward.processor.toFixed(1)});` +
      ` one more concept is ${(extra / forward.processor).toFixed(2)} forwards (wanted: at most 2)`,
  );
  return rows;
}

export default {
  name: 'Backward graphs: gradients of concepts of one image, beside torch autograd',
  async run(): Promise<readonly string[]> {
    if (!existsSync(models)) return ['skipped: ../shared/data/models is absent'];
    const rows: string[] = [];
    for (const { model, tensor } of CASES)
      for (const threads of [...new Set([1, Math.min(2, os.availableParallelism())])])
        rows.push(...(await measure(model, tensor, threads)));
    return rows;
  },
};
