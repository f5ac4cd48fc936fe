import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const bin = (path: string): string => join(root, 'node_modules', path);

const consumer = `
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { constant, customRoot, inFloat64, solvers, stationaryPoint } from 'tessera/implicit';

const objective = (w: tf.Tensor, penalty: tf.Tensor): tf.Tensor =>
  tf.add(tf.sum(tf.square(tf.sub(w, constant([1, 2])))), tf.mul(penalty, tf.sum(tf.square(w))));
const solver = solvers.lbfgs<[tf.Tensor]>(objective);
const wrapped = customRoot(stationaryPoint(objective))((init: tf.Tensor, penalty: tf.Tensor) =>
  solver.solve(init, penalty).x);
const derivative = (): Float32Array | Int32Array | Uint8Array =>
  tf.grad((penalty: tf.Tensor) => tf.sum(wrapped(tf.zeros([2]), penalty)))(constant(1)).dataSync();
process.stdout.write(JSON.stringify([...inFloat64(derivative), ...derivative()]));
`;

describe('the toolkit as a library entry', () => {
  let folder = '';
  beforeAll(async () => {
    await run(process.execPath, [bin('typescript/bin/tsc'), '-p', 'core/implicit/tsconfig.build.json'], {
      cwd: root,
    });
    folder = await mkdtemp(join(root, 'out/consumer-'));
    await writeFile(join(folder, 'consumer.ts'), consumer);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is imported by name, with its types, from built JavaScript', async () => {
    const options =
      '--ignoreConfig --noEmit --strict --module nodenext --target es2022 --skipLibCheck --types node'.split(
        ' ',
      );
    await run(process.execPath, [bin('typescript/bin/tsc'), ...options, join(folder, 'consumer.ts')], {
      cwd: root,
    });
    const { stdout } = await run(process.execPath, [bin('tsx/dist/cli.mjs'), join(folder, 'consumer.ts')], {
      cwd: root,
    });
    // w = (1, 2) / (1 + penalty): the sum moves by -3 / 4.
    const [precise, single] = JSON.parse(stdout) as number[];
    expect(precise).toBeCloseTo(-0.75, 10);
    expect(single).toBeCloseTo(-0.75, 4);
  });
});
