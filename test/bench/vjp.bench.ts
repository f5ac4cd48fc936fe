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
const REPEATS = 3;
/** Both sides take turns, and the best of each counts: the machine's speed changes over minutes. */
const ROUNDS = 3;
/** Cotangents given to torch: enough for what one costs, which more do not change. */
const TORCH_CONCEPTS = 10;

const script = path.join(import.meta.dirname, 'python/vjp_torch.py');
const execute = promisify(execFile);

/** Milliseconds on the clock, and of processor time, which other programs on the machine disturb less. */
interface Cost {
  readonly wall: number;
  readonly processor: number;
}

/** Wall and processor time. */
type Times = readonly [number, number];

interface TorchTimes {
  readonly forward: Times;
  /** One cotangent, in torch's fastest way, and in the way that it takes unasked. */
  readonly backward: Times;
  readonly plain: Times;
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

const least = (costs: readonly Cost[]): Cost => ({
  wall: Math.min(...costs.map(({ wall }) => wall)),
  processor: Math.min(...costs.map(({ processor }) => processor)),
});

const noise = (length: number) => Float32Array.from({ length }, () => Math.random() - 0.5);

/** Costs of the forward pass, and of the gradients of 1, 5 and 25 concepts as the environment computes them. */
async function ownCosts({ name, folder, tensor }: Case, threads: number) {
  const { environment, intake, photos } = await realSetting(name, folder);
  // Real photos: what ReLU closes depends on them.
  const { preprocessing } = intake.preprocessing;
  const x = requireAll(await readBatch(environment.codec, [{ path: photos[PHOTO] }], preprocessing));
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

async function torchTimes({ name, tensor }: Case, threads: number): Promise<TorchTimes> {
  const file = path.join(SHARED, 'models', `${name}.onnx`);
  const args = [script, file, tensor, String(TORCH_CONCEPTS), String(threads)];
  return JSON.parse((await execute('python3', args)).stdout) as TorchTimes;
}

async function measure(given: Case, threads: number): Promise<string[]> {
  const { name, tensor } = given;
  const own: Awaited<ReturnType<typeof ownCosts>>[] = [];
  const others: TorchTimes[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(await ownCosts(given, threads));
    others.push(await torchTimes(given, threads));
  }
  const forward = least(own.map((round) => round.forward));
  const costs = CONCEPTS.map((_, i) => least(own.map((round) => round.costs[i])));
  const torch = others.reduce((a, b) => (b.backward[0] < a.backward[0] ? b : a));
  const plain = Math.min(...others.map((round) => round.plain[0]));
  const torchForward = Math.min(...others.map((round) => round.forward[0]));
  const label = `${name} ${tensor}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const rows = CONCEPTS.map((concepts, i) => {
    const [wall, processor] = [costs[i].wall / concepts, costs[i].processor / concepts];
    // Both with the forward pass, of which every concept bears its share.
    const against = (backward: number, forwardPass: number) => backward + forwardPass / concepts;
    const fastest = against(torch.backward[0], torchForward);
    const unasked = against(plain, torchForward);
    const ofProcessor = against(torch.backward[1], torch.forward[1]);
    return (
      `${label}, K=${concepts}: ${wall.toFixed(1)} ms a concept` +
      ` | torch ${unasked.toFixed(1)} ms, x${(unasked / wall).toFixed(2)}` +
      ` | torch at its best (${torch.way}) ${fastest.toFixed(1)} ms, x${(fastest / wall).toFixed(2)}` +
      ` | processor time ${processor.toFixed(1)} against ${ofProcessor.toFixed(1)} ms, x${(ofProcessor / processor).toFixed(2)}`
    );
  });
  const extra = (costs[2].wall - forward.wall) / CONCEPTS[2];
  rows.push(
    `${label}: forward ${forward.wall.toFixed(1)} ms (processor ${forward.processor.toFixed(1)});` +
      ` beyond it a concept of ${CONCEPTS[2]} takes ${(extra / forward.wall).toFixed(2)} forwards (wanted: at most 2),` +
      ` torch's ${(torch.backward[0] / forward.wall).toFixed(2)}`,
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
