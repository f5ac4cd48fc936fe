import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../core/project/safetensors.ts';
import { float32, type Tensor } from '../../../core/tensor.ts';
import { readSafetensors } from '../../fixtures/read-safetensors.ts';
import { runModel } from '../../core/onnx/ort-sessions.ts';
import { tessera } from './run-tessera.ts';

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/vjp');
const MODEL = path.join(FIXTURES, 'squeezenet_dyn20.onnx');
/** The tolerance of the reference; float32 against float64. */
const RTOL = 1e-4;

const reference = readSafetensors(path.join(FIXTURES, 'squeezenet_dyn20.safetensors'));
const at = (name: string): Tensor<'float32'> => reference.get(name)!;

let folder: string;
let cut: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-vjp-'));
  const { cuts } = JSON.parse(await readFile(path.join(FIXTURES, 'squeezenet_dyn20.json'), 'utf8')) as {
    cuts: { index: number; tensor: string }[];
  };
  cut = cuts.find(({ index }) => index === 1)!.tensor;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function input(name: string, tensors: Record<string, Tensor>): Promise<string> {
  const file = path.join(folder, `${name}.safetensors`);
  await writeFile(file, encodeSafetensors(new Map(Object.entries(tensors))));
  return file;
}

const output = (name: string) => path.join(folder, `${name}-out.safetensors`);
const result = async (name: string) => decodeSafetensors(await readFile(output(name))).tensors;

describe('vjp', () => {
  it('gives the value of the tensor and the gradient by the input, in the shape of x', async () => {
    const tensors = await input('whole', { x: at('x'), v: at('v_1') });
    const { code } = await tessera('vjp', MODEL, '--to', cut, '--tensors', tensors, '--out', output('whole'));
    expect(code).toBe(0);
    const out = await result('whole');
    expect(out.get('a')!.data as Float32Array).toBeCloseInNorm(at('A_1').data, RTOL);
    expect(out.get('gx')!.dims).toEqual(at('x').dims);
    expect(out.get('gx')!.data as Float32Array).toBeCloseInNorm(at('gx_1').data, RTOL);
  });

  it('starts at an inner tensor with --from, at the size of x where the model leaves the picture open', async () => {
    const logits = decodeModel(new Uint8Array(await readFile(MODEL))).graph.outputs[0].name;
    const tensors = await input('inner', { x: at('A_1'), v: at('w') });
    const argv = [
      'vjp',
      MODEL,
      '--from',
      cut,
      '--to',
      logits,
      '--tensors',
      tensors,
      '--out',
      output('inner'),
    ];
    const { code } = await tessera(...argv);
    expect(code).toBe(0);
    const out = await result('inner');
    expect(out.get('a')!.data as Float32Array).toBeCloseInNorm(at('y').data, RTOL);
    expect(out.get('gx')!.data as Float32Array).toBeCloseInNorm(at('ga_1').data, RTOL);
  });

  it('writes the backward graph as a model that gives the same numbers', async () => {
    const file = path.join(folder, 'backward.onnx');
    const tensors = await input('written', { x: at('x'), v: at('v_1') });
    const { code, stdout } = await tessera(
      ...['vjp', MODEL, '--to', cut, '--tensors', tensors, '--out', output('written')],
      ...['--write', file, '--json'],
    );
    expect(code).toBe(0);
    const { inputs, outputs } = JSON.parse(stdout) as {
      inputs: { x: string; v: string };
      outputs: { gx: string };
    };
    const values = await runModel(new Uint8Array(await readFile(file)), {
      [inputs.x]: at('x'),
      [inputs.v]: at('v_1'),
    });
    expect(values[outputs.gx].data as Float32Array).toBeCloseInNorm(at('gx_1').data, RTOL);
  });

  it.each([
    ['no --to', [MODEL], 'vjp needs --to: the tensor whose cotangent is given.'],
    ['no model', ['--to', 'a'], 'vjp takes one model file, got 0.'],
    ['--out without --tensors', [MODEL, '--to', 'a', '--out', 'b'], 'vjp needs --tensors and --out together'],
    ['nothing to do', [MODEL, '--to', 'a'], 'vjp needs --tensors and --out to compute a product, or --write'],
    ['an unknown tensor', [MODEL, '--to', 'relv', '--write', '/nowhere'], 'The model has no tensor "relv".'],
  ])('names %s', async (_, argv, message) => {
    const { code, stderr } = await tessera('vjp', ...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('offers the nearest names for an unknown tensor', async () => {
    const { stderr } = await tessera('vjp', MODEL, '--to', `${cut}x`, '--write', '/nowhere');
    expect(stderr).toContain(`"${cut}"`);
  });

  it.each([
    ['a missing v', () => ({ x: at('x') }), 'has no tensor "v"; it holds x.'],
    ['a missing x', () => ({ v: at('v_1') }), 'has no tensor "x"; it holds v.'],
    [
      'a v of another shape',
      () => ({ x: at('x'), v: float32(new Float32Array(4), [2, 2]) }),
      '"v" has shape [2, 2], but tensor',
    ],
    [
      'an x of another rank',
      () => ({ x: float32(new Float32Array(4), [2, 2]), v: at('v_1') }),
      '"x" has shape [2, 2], but tensor "input" has [',
    ],
    [
      'an x that is not float32',
      () => ({ x: { type: 'int32', dims: [1], data: Int32Array.of(1) } as Tensor, v: at('v_1') }),
      '"x" is int32; expected float32.',
    ],
  ])('names %s', async (name, make, message) => {
    const tensors = await input(name.replaceAll(' ', '-'), make());
    const { code, stderr } = await tessera(
      'vjp',
      MODEL,
      '--to',
      cut,
      '--tensors',
      tensors,
      '--out',
      output('bad'),
    );
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('names a file of tensors that is none', async () => {
    const file = path.join(folder, 'letter.safetensors');
    await writeFile(file, 'these are no tensors');
    const { code, stderr } = await tessera(
      ...['vjp', MODEL, '--to', cut, '--tensors', file, '--out', output('bad')],
    );
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}: safetensors: `);
  });

  it('says that a tensor does not depend on another', async () => {
    const { code, stderr } = await tessera(
      'vjp',
      MODEL,
      '--from',
      cut,
      '--to',
      'input',
      '--write',
      '/nowhere',
    );
    expect(code).toBe(2);
    expect(stderr).toContain(`Tensor "input" does not depend on "${cut}".`);
  });
});
