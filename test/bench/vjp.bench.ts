import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createBackwardRunner } from '../../core/attribution/backward-runner.ts';
import { vjp } from '../../core/autodiff/vjp.ts';
import { withGraph } from '../../core/onnx/graph-edits.ts';
import { decodeModel, encodeModel } from '../../core/onnx/proto.ts';
import { createSessionFactory } from '../../core/runtime/session.ts';
import { float32, sizeOf } from '../../core/tensor.ts';

/** Concepts of one image; the targets are a speed-up over torch of 2, and a backward of at most 2 forwards. */
const CONCEPTS = [1, 5, 25] as const;
const CASES = [
  { model: 'squeezenet1_1', tensor: 'concat_61' },
  { model: 'mobilenet_v2', tensor: 'conv62_relu6' },
] as const;
const REPEATS = 3;
/** Cotangents given to torch: enough for what one costs, which more do not change. */
const TORCH_CONCEPTS = 10;

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
  /** Which of torch's ways was the fastest. */
  readonly way: string;
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

const noise = (length: number) => Float32Array.from({ length }, () => Math.random() - 0.5);

/** Costs of the forward pass, and of the gradients of 1, 5 and 25 concepts as the workbench computes them. */
async function ownCosts(file: string, tensor: string, threads: number) {
  const sessions = createSessionFactory({ device: 'cpu', threads });
  const model = decodeModel(new Uint8Array(await readFile(file)));
  const input = model.graph.inputs.find((info) => !model.graph.initializers.has(info.name));
  const from = input?.name ?? '';
  const dims = (input?.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
  const x = float32(noise(sizeOf(dims)), dims);
  const latent = withGraph(model, { outputs: [{ name: tensor, type: 'float32', dims: undefined }] });
  const session = await sessions.open(encodeModel(latent, { declareOutputs: false }));
  const forward = await best(() => session.run({ [from]: x }));
  await session.dispose();

  const backward = vjp(model, { from, to: tensor, inputDims: new Map([[from, dims]]) });
  const runner = createBackwardRunner(backward, sessions);
  const costs: Cost[] = [];
  for (const concepts of CONCEPTS) {
    const v = noise(concepts * sizeOf(backward.aDims));
    costs.push(await best(() => runner.run(x, v)));
  }
  await runner.dispose();
  return { forward, costs };
}

async function measure(name: string, tensor: string, threads: number): Promise<string[]> {
  const file = path.join(models, `${name}.onnx`);
  const { forward, costs } = await ownCosts(file, tensor, threads);
  const given = [script, file, tensor, String(TORCH_CONCEPTS), String(threads)];
  const { stdout } = await execute('python3', given);
  const torch = JSON.parse(stdout) as TorchTimes;
  const label = `${name} ${tensor}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const [torchWall, torchProcessor] = torch.backward;
  const rows = CONCEPTS.map((concepts, i) => {
    const [wall, processor] = [costs[i].wall / concepts, costs[i].processor / concepts];
    return (
      `${label}, K=${concepts}: ${wall.toFixed(1)} ms a concept, forward included` +
      ` | torch backward alone (${torch.way}) ${torchWall.toFixed(1)} ms, x${(torchWall / wall).toFixed(2)}` +
      ` | processor time ${processor.toFixed(1)} against ${torchProcessor.toFixed(1)} ms, x${(torchProcessor / processor).toFixed(2)}`
    );
  });
  // The forward is shared: what one more concept costs is the slope between two numbers of concepts.
  const extra = (costs[2].processor - costs[1].processor) / (CONCEPTS[2] - CONCEPTS[1]);
  rows.push(
    `${label}: forward ${forward.wall.toFixed(1)} ms (processor ${forward.processor.toFixed(1)});` +
      ` one more concept is ${(extra / forward.processor).toFixed(2)} forwards (wanted: at most 2)`,
    // A backward pass repeats the multiply-adds of the forward pass, whose convolutions the runtime fuses best.
    `${label}: bound: torch's backward is ${(torchProcessor / forward.processor).toFixed(2)} of our forwards,` +
      ' and no backward pass takes less than one',
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
