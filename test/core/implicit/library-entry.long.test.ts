import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const bin = (path: string): string => join(root, 'node_modules', path);

const consumer = `
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { constant, customRoot, ImplicitError, inFloat64, nmfDerivative, solvers, stationaryPoint } from '@tessera/implicit';

const objective = (w: tf.Tensor, penalty: tf.Tensor): tf.Tensor =>
  tf.add(tf.sum(tf.square(tf.sub(w, constant([1, 2])))), tf.mul(penalty, tf.sum(tf.square(w))));
const solver = solvers.lbfgs<[tf.Tensor]>(objective);
const wrapped = customRoot(stationaryPoint(objective))((init: tf.Tensor, penalty: tf.Tensor) =>
  solver.solve(init, penalty).x);
const derivative = (): Float32Array | Int32Array | Uint8Array =>
  tf.grad((penalty: tf.Tensor) => tf.sum(wrapped(tf.zeros([2]), penalty)))(constant(1)).dataSync();
const one = { rows: 1, cols: 1, data: [1] };
const { U } = nmfDerivative(one, one, one).jvp([1]);
let refusal = '';
try {
  solvers.gradientDescent(objective, { maxIter: -1 });
} catch (error) {
  if (error instanceof ImplicitError) refusal = error.code;
}
console.log(JSON.stringify({ precise: inFloat64(derivative)[0], single: derivative()[0], factor: U[0], refusal }));
`;

interface Outcome {
  readonly precise: number;
  readonly single: number;
  readonly factor: number;
  readonly refusal: string;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const npm = (args: readonly string[], cwd: string) =>
  run('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });

describe('the toolkit as a package of its own', () => {
  let folder = '';
  let packed: Packed;
  beforeAll(async () => {
    await npm(['run', 'build', '-w', 'core/implicit'], root);
    folder = await mkdtemp(join(tmpdir(), 'consumer-'));
    const { stdout } = await npm(
      ['pack', '-w', 'core/implicit', '--json', '--pack-destination', folder],
      root,
    );
    packed = (JSON.parse(stdout) as Packed[])[0];
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    // Its peer is what the consumer brings.
    await npm(['install', `./${packed.filename}`, '--legacy-peer-deps'], folder);
    await symlink(bin('@tensorflow'), join(folder, 'node_modules/@tensorflow'));
    await writeFile(join(folder, 'consumer.ts'), consumer);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('holds built JavaScript with its types, the guide and the licence, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.js']));
    expect(
      paths.filter((path) => !/^(dist\/.*\.(js|d\.ts)|LICENSE|README\.md|package\.json)$/.test(path)),
    ).toEqual([]);
    // What the release must stay below; today it is far less.
    expect(packed.size).toBeLessThan(400_000);
  });

  it('brings no other package into an empty folder', async () => {
    expect(
      (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.')).sort(),
    ).toEqual(['@tensorflow', '@tessera']);
  });

  it('a gradient can be taken at once: nothing else has to be called first', async () => {
    const lines = [
      "import '@tensorflow/tfjs-backend-cpu';",
      "import * as tf from '@tensorflow/tfjs-core';",
      "import { projectionSimplex } from '@tessera/implicit';",
      'const f = (x) => tf.sum(tf.square(projectionSimplex(x)));',
      "console.log(tf.grad(f)(tf.tensor1d([0.6, 0.2, -3])).dataSync().join(' '));",
    ];
    await writeFile(join(folder, 'fresh.mjs'), lines.join('\n'));
    const { stdout } = await run(process.execPath, ['fresh.mjs'], { cwd: folder });
    // p = (0.7, 0.3, 0); 2 p less its mean over the support.
    expect(stdout.trim().split('\n').at(-1)!.split(' ').map(Number)).toBeAllclose([0.4, -0.4, 0], {
      atol: 1e-6,
    });
  });

  it('is imported by name, with its types, and computes', async () => {
    const options =
      '--ignoreConfig --strict --module nodenext --target es2022 --lib es2022,dom --skipLibCheck'.split(' ');
    await run(process.execPath, [bin('typescript/bin/tsc'), ...options, 'consumer.ts'], { cwd: folder });
    const { stdout } = await run(process.execPath, ['consumer.js'], { cwd: folder });
    const { precise, single, factor, refusal } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Outcome;
    // w = (1, 2) / (1 + penalty): the sum moves by -3 / 4.
    expect(precise).toBeCloseTo(-0.75, 10);
    expect(single).toBeCloseTo(-0.75, 4);
    // 1 = u · w with w of unit length: u follows.
    expect(factor).toBeCloseTo(1, 10);
    expect(refusal).toBe('bad-usage');
  });
});
