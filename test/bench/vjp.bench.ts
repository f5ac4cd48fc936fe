import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createBackwardRunner } from '../../core/attribution/backward-runner.ts';
import { vjp } from '../../core/autodiff/vjp.ts';
import { withGraph } from '../../core/onnx/graph-edits.ts';
import { encodeModel } from '../../core/onnx/proto.ts';
import { createSessionFactory } from '../../core/runtime/session.ts';
import { readBatch, requireAll } from '../../core/pipeline/pictures.ts';
import { sizeOf } from '../../core/tensor.ts';
import { missingData, realSetting, SHARED } from './shared-models.ts';

/** Concepts of one image; the targets are a speed-up over torch of 2, and a backward of at most 2 forwards. */
const CONCEPTS = [1, 5, 25] as const;
const CASES = [
  { name: 'squeezenet1_1', tensor: 'concat_61', folder: 'parachute' },
  { name: 'mobilenet_v2', tensor: 'conv62_relu6', folder: 'golf_ball' },
] as const;
type Case = (typeof CASES)[number];
const PHOTO = 3;
const REPEATS = 5;
/** Cotangents given to torch: enough for what one costs, which more do not change. */
const TORCH_CONCEPTS = 10;

const script = path.join(import.meta.dirname, 'python/vjp_torch.py');
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
async function ownCosts({ name, folder, tensor }: Case, threads: number) {
  const { workbench, intake, photos } = await realSetting(name, folder);
  // Real photos: what ReLU closes depends on them.
  const { preprocessing } = intake.preprocessing;
  const x = requireAll(await readBatch(workbench.codec, [{ path: photos[PHOTO] }], preprocessing));
  const sessions = createSessionFactory({ device: 'cpu', threads });
  const from = intake.signature.input.name;
  const latent = withGraph(intake.model, { outputs: [{ name: tensor, type: 'float32', dims: undefined }] });
  const session = await sessions.open(encodeModel(latent, { declareOutputs: false }));
  const forward = await best(() => session.run({ [from]: x }));
  await session.dispose();

  const backward = vjp(intake.model, { from, to: tensor, inputDims: intake.inputDims });
  const runner = createBackwardRunner(backward, sessions);
  const costs: Cost[] = [];
  for (const concepts of CONCEPTS) {
    const v = noise(concepts * sizeOf(backward.aDims));
    costs.push(await best(() => runner.run(x, v)));
  }
  await runner.dispose();
  return { forward, costs };
}

async function measure(given: Case, threads: number): Promise<string[]> {
  const { name, tensor } = given;
  const file = path.join(SHARED, 'models', `${name}.onnx`);
  const { forward, costs } = await ownCosts(given, threads);
  const { stdout } = await execute('python3', [
    script,
    file,
    tensor,
    String(TORCH_CONCEPTS),
    String(threads),
  ]);
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
  // The forward is shared: what a concept costs beyond it, and beyond what the picture costs once.
  const extra = costs[2].wall / CONCEPTS[2];
  rows.push(
    `${label}: forward ${forward.wall.toFixed(1)} ms (processor ${forward.processor.toFixed(1)});` +
      ` a concept of ${CONCEPTS[2]} takes ${(extra / forward.wall).toFixed(2)} forwards, everything included (wanted: at most 2);` +
      ` torch's backward alone ${(torchWall / forward.wall).toFixed(2)}`,
  );
  return rows;
}

export default {
  name: 'Backward graphs: gradients of concepts of one image, beside torch autograd',
  async run(): Promise<readonly string[]> {
    if (missingData !== undefined) return [`skipped: ${missingData}`];
    const rows: string[] = [];
    for (const given of CASES)
      for (const threads of [...new Set([1, Math.min(2, os.availableParallelism())])])
        rows.push(...(await measure(given, threads)));
    return rows;
  },
};
