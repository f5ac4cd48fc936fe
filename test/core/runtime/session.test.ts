import { describe, expect, it } from 'vitest';
import { createSessionFactory } from '../../../core/runtime/session.ts';
import { float32, int64, type Tensor } from '../../../core/tensor.ts';
import { node, tinyModel, value } from './tiny-model.ts';

const sessions = createSessionFactory({ device: 'cpu', threads: 1 });
const relu = () => tinyModel({ nodes: [node('Relu', ['x'], ['y'])] });

describe('createSessionFactory()', () => {
  it('runs a model and names its inputs, outputs and device', async () => {
    const session = await sessions.open(relu());
    const { y } = await session.run({ x: float32(Float32Array.of(-1, 2, -3, 4), [2, 2]) });
    expect(session).toMatchObject({ device: 'cpu', inputNames: ['x'], outputNames: ['y'] });
    expect(y).toEqual({ type: 'float32', dims: [2, 2], data: Float32Array.of(0, 2, 0, 4) });
    await session.dispose();
  });

  it('computes only the wanted outputs', async () => {
    const nodes = [node('Relu', ['x'], ['y']), node('Neg', ['x'], ['z'])];
    const session = await sessions.open(tinyModel({ nodes, outputs: [value('y'), value('z')] }));
    const outputs = await session.run({ x: float32(Float32Array.of(1), [1, 1]) }, ['z']);
    expect(Object.keys(outputs)).toEqual(['z']);
    expect(outputs['z'].data).toEqual(Float32Array.of(-1));
  });

  it('passes float16 as bit patterns, bool as bytes, int64 and strings', async () => {
    const identity = async (tensor: Tensor) => {
      const io = { inputs: [value('x', tensor.type, ['n'])], outputs: [value('y', tensor.type)] };
      const session = await sessions.open(tinyModel({ ...io, nodes: [node('Identity', ['x'], ['y'])] }));
      return (await session.run({ x: tensor }))['y'];
    };
    const tensors = [
      { type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0xbc00) },
      { type: 'bool', dims: [2], data: Uint8Array.of(1, 0) },
      { type: 'string', dims: [2], data: ['a', 'ü'] },
      int64([1, -2]),
    ] as const;
    for (const tensor of tensors) expect(await identity(tensor)).toEqual(tensor);
  });

  it('queues runs started together and gives each its own result', async () => {
    const session = await sessions.open(relu());
    const inputs = [1, 2, 3, 4, 5, 6];
    const outputs = await Promise.all(
      inputs.map((x) => session.run({ x: float32(Float32Array.of(x), [1, 1]) })),
    );
    expect(outputs.map(({ y }) => Number(y.data[0]))).toEqual(inputs);
  });

  it('goes on after a failed run', async () => {
    const session = await sessions.open(
      tinyModel({ nodes: [node('Reshape', ['x', 's'], ['y'])], initializers: { s: int64([2, 2]) } }),
    );
    await expect(session.run({ x: float32(new Float32Array(3), [1, 3]) })).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(
        /^the model failed at node "the Reshape" \(Reshape\): .*requested shape:\{2,2\}$/,
      ) as string,
    });
    const { y } = await session.run({ x: float32(new Float32Array(4), [1, 4]) });
    expect(y.dims).toEqual([2, 2]);
  });

  it('names an operator that ONNX Runtime does not know', async () => {
    const model = tinyModel({ nodes: [node('FooBar', ['x'], ['y'])] });
    await expect(sessions.open(model)).rejects.toMatchObject({
      code: 'unsupported-operator',
      message: 'the model uses the operator FooBar (version 17), which ONNX Runtime cannot run',
    });
  });

  it('names an operator of a foreign domain', async () => {
    const model = tinyModel({
      nodes: [{ ...node('Zap', ['x'], ['y']), domain: 'com.acme' }],
      domains: ['com.acme'],
    });
    await expect(sessions.open(model)).rejects.toMatchObject({
      code: 'unsupported-operator',
      message: expect.stringMatching(/the operator com\.acme:Zap/) as string,
    });
  });

  it('names an operator that has no kernel for the type', async () => {
    const io = { inputs: [value('x', 'float64', [3, 3])], outputs: [value('y', 'float64')] };
    const model = tinyModel({ ...io, nodes: [node('Det', ['x'], ['y'])] });
    await expect(sessions.open(model)).rejects.toMatchObject({
      code: 'unsupported-operator',
      message: 'the model uses the operator Det (version 11), which ONNX Runtime cannot run',
    });
  });

  it.each([
    ['no bytes', new Uint8Array(0), 'the model is empty (0 bytes)'],
    [
      'text',
      new TextEncoder().encode('hello world, not a model'),
      'the file is not an ONNX model, or it is damaged or cut short',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(sessions.open(bytes)).rejects.toMatchObject({ code: 'bad-model', message });
  });

  it('refuses a truncated model', async () => {
    const bytes = relu();
    await expect(sessions.open(bytes.subarray(0, bytes.length - 9))).rejects.toMatchObject({
      code: 'bad-model',
    });
  });

  it('refuses a model that refers to a missing tensor', async () => {
    await expect(
      sessions.open(tinyModel({ nodes: [node('Relu', ['nowhere'], ['y'])] })),
    ).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/^the model could not be loaded: .*nowhere/) as string,
    });
  });

  it.each([
    ['the wrong shape', { x: float32(new Float32Array(6), [6]) }],
    ['the wrong type', { x: int64([1, 2], [1, 2]) }],
    ['a missing input', {}],
    ['bfloat16', { x: { type: 'bfloat16', dims: [1, 1], data: Uint16Array.of(0) } as const }],
  ])('refuses %s as input', async (_, feeds) => {
    const session = await sessions.open(relu());
    await expect(session.run(feeds)).rejects.toMatchObject({ code: 'bad-tensor' });
  });

  it('says when memory runs out', async () => {
    const model = tinyModel({
      inputs: [value('s', 'int64', [2])],
      nodes: [node('ConstantOfShape', ['s'], ['y'])],
    });
    const session = await sessions.open(model);
    await expect(session.run({ s: int64([4_000_000, 4_000_000]) })).rejects.toMatchObject({
      code: 'out-of-memory',
    });
  });

  it('may be disposed twice, and a run after that is a bug', async () => {
    const session = await sessions.open(relu());
    await session.dispose();
    await session.dispose();
    await expect(session.run({})).rejects.toThrow('internal: a disposed session was run');
  });
});
