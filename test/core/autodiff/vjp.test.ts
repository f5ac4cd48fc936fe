import { describe, expect, test } from 'vitest';
import { vjp } from '../../../core/autodiff/vjp.ts';
import type { BackwardModel } from '../../../core/autodiff/vjp.ts';
import { TesseraError } from '../../../core/errors.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { float32, int64, sizeOf } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { randomTensor, referenceModel } from '../onnx/example-models.ts';
import { runModel } from '../onnx/ort-sessions.ts';
import { smallModel } from './graphs.ts';

const noDims: ReadonlyMap<string, readonly number[]> = new Map();

function between(model: Model, from: string, to: string): BackwardModel {
  return vjp(model, { from, to, inputDims: noDims });
}

function failure(run: () => unknown): TesseraError {
  try {
    run();
  } catch (error) {
    if (error instanceof TesseraError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const row = (...values: readonly number[]) => float32(Float32Array.from(values), [1, values.length]);

describe('vjp() batches', () => {
  test.each(['resnet_bottleneck_ts17', 'squeezenet_dyn20'])(
    '%s: K cotangents at once give the same gradients as one by one',
    async (name) => {
      const { model, cuts, tensors } = referenceModel(name);
      const x = tensors.get('x');
      if (x === undefined) throw new Error('no x');
      const from = model.graph.inputs[0].name;
      const backward = vjp(model, { from, to: cuts[0].tensor, inputDims: new Map([[from, x.dims]]) });
      const v = randomTensor([3, ...backward.aDims], 5);
      const together = await runModel(backward.model, { [from]: x, v });
      expect(together.gx.dims).toEqual([3, ...x.dims]);
      const size = sizeOf(backward.aDims);
      const apart: number[] = [];
      for (let k = 0; k < 3; k++) {
        const one = float32(v.data.slice(k * size, (k + 1) * size), [1, ...backward.aDims]);
        apart.push(...((await runModel(backward.model, { [from]: x, v: one })).gx.data as Float32Array));
      }
      // Only the order of summation may differ with the batch.
      expect(together.gx.data as Float32Array).toBeCloseInNorm(apart, 1e-6);
    },
  );
});

describe('vjp() graphs', () => {
  const chain = smallModel(
    { x: [1, 3] },
    [
      ['Mul', ['x', 'w'], ['scaled']],
      ['Relu', ['scaled'], ['y']],
      ['Exp', ['y'], ['unused']],
    ],
    { w: row(2, -1, 3) },
  );

  test('gives the value and, for one cotangent in its shape, the gradient in the shape of x', async () => {
    const backward = vjp(chain, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    const { a, gx } = await runModel(backward.model, { x: row(1, 2, -3), v: row(10, 20, 30) });
    expect([...(a.data as Float32Array)]).toEqual([2, 0, 0]);
    expect(gx.data as Float32Array).toBeAllclose([20, 0, 0], {});
    expect(gx.dims).toEqual([1, 3]);
  });

  test('drops what neither the value nor the gradient needs', () => {
    const ops = between(chain, 'x', 'y').model.graph.nodes.map(({ opType }) => opType);
    expect(ops).not.toContain('Exp');
    expect(ops.filter((op) => op === 'Relu')).toEqual(['Relu']);
  });

  test('is cut at an inner tensor, which becomes the input under its own name', async () => {
    const backward = between(chain, 'scaled', 'y');
    expect(backward.model.graph.inputs.map(({ name }) => name)).toEqual(['scaled', 'v']);
    expect(backward.inputs.others).toEqual([]);
    const { gx } = await runModel(backward.model, {
      scaled: row(1, -1, 2),
      v: float32(Float32Array.of(1, 2, 3), [1, 1, 3]),
    });
    expect([...(gx.data as Float32Array)]).toEqual([1, 0, 3]);
  });

  test('keeps a model input that bypasses the cut, and treats it as a constant', async () => {
    const model = smallModel({ x: [1, 2] }, [
      ['Exp', ['x'], ['inner']],
      ['Mul', ['inner', 'x'], ['y']],
    ]);
    const backward = between(model, 'inner', 'y');
    expect(backward.inputs.others).toEqual(['x']);
    const feeds = { inner: row(1, 1), x: row(5, 7), v: float32(Float32Array.of(1, 1), [1, 1, 2]) };
    expect([...((await runModel(backward.model, feeds)).gx.data as Float32Array)]).toEqual([5, 7]);
  });

  test('from a tensor to itself is the identity', async () => {
    const backward = between(chain, 'scaled', 'scaled');
    const { a, gx } = await runModel(backward.model, { scaled: row(1, 2, 3), v: randomTensor([2, 1, 3], 1) });
    expect([...(a.data as Float32Array)]).toEqual([1, 2, 3]);
    expect(gx.data).toEqual(randomTensor([2, 1, 3], 1).data);
  });

  test('avoids names that the model already uses', async () => {
    const model = smallModel({ v: [1, 2] }, [
      ['Mul', ['v', 'v'], ['a']],
      ['Exp', ['a'], ['gx']],
    ]);
    const backward = between(model, 'v', 'gx');
    expect(backward.inputs.x).toBe('v');
    expect(
      new Set([backward.inputs.x, backward.inputs.v, backward.outputs.a, backward.outputs.gx]).size,
    ).toBe(4);
    const result = await runModel(backward.model, {
      v: row(0, 1),
      [backward.inputs.v]: float32(Float32Array.of(1, 1), [1, 1, 2]),
    });
    expect(result[backward.outputs.gx].data as Float32Array).toBeAllclose([0, 2 * Math.E], { rtol: 1e-6 });
  });

  test('sums over all the ways a tensor is used', async () => {
    const model = smallModel({ x: [1, 2] }, [
      ['Add', ['x', 'x'], ['double']],
      ['Mul', ['double', 'x'], ['square']],
      ['Concat', ['square', 'x'], ['y'], { axis: 1 }],
    ]);
    const backward = vjp(model, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    const { gx } = await runModel(backward.model, { x: row(3, 5), v: row(1, 1, 10, 100) });
    expect([...(gx.data as Float32Array)]).toEqual([4 * 3 + 10, 4 * 5 + 100]);
  });

  test('lets no gradient through integers where another way is smooth', async () => {
    const model = smallModel({ x: [1, 3] }, [
      ['ArgMax', ['x'], ['winner'], { axis: 1, keepdims: 1 }],
      ['GatherElements', ['x', 'winner'], ['y'], { axis: 1 }],
    ]);
    const backward = vjp(model, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    const { gx } = await runModel(backward.model, { x: row(1, 5, 2), v: row(7) });
    expect([...(gx.data as Float32Array)]).toEqual([0, 7, 0]);
  });
});

describe('vjp() with indices that only the run knows', () => {
  const x = randomTensor([4, 3], 3);
  const gradient = async (model: Model, feeds: Record<string, Tensor>, v: Tensor) => {
    const backward = vjp(model, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    return [...((await runModel(backward.model, { x, v, ...feeds })).gx.data as Float32Array)];
  };

  test('Gather adds repeated rows', async () => {
    const model = smallModel({ x: [4, 3], rows: { type: 'int64', dims: [3] } }, [
      ['Gather', ['x', 'rows'], ['y']],
    ]);
    const v = float32(Float32Array.of(1, 2, 3, 10, 20, 30, 100, 200, 300), [3, 3]);
    const got = await gradient(model, { rows: int64([2, 0, -2]) }, v);
    expect(got).toEqual([10, 20, 30, 0, 0, 0, 101, 202, 303, 0, 0, 0]);
  });

  test('GatherND adds repeated values', async () => {
    const model = smallModel({ x: [4, 3], at: { type: 'int64', dims: [2, 2] } }, [
      ['GatherND', ['x', 'at'], ['y']],
    ]);
    const got = await gradient(
      model,
      { at: int64([1, 2, -3, -1], [2, 2]) },
      float32(Float32Array.of(1, 5), [2]),
    );
    expect(got).toEqual([0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0]);
  });

  test('ScatterND takes away what was overwritten', async () => {
    const model = smallModel({ x: [4, 3], at: { type: 'int64', dims: [1, 1] }, update: [1, 3] }, [
      ['ScatterND', ['x', 'at', 'update'], ['y']],
    ]);
    const v = float32(
      Float32Array.from({ length: 12 }, (_, i) => i + 1),
      [4, 3],
    );
    const got = await gradient(model, { at: int64([2], [1, 1]), update: row(0, 0, 0) }, v);
    expect(got).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 10, 11, 12]);
  });
});

describe('vjp() at kinks follows torch', () => {
  test.each([
    ['Relu', [-1, 0, 1], [0, 0, 1]],
    ['Abs', [-2, 0, 3], [-1, 0, 1]],
    ['LeakyRelu', [-1, 0, 1], [0.01, 0.01, 1]],
  ])('%s', async (op, at, slope) => {
    const model = smallModel({ x: [1, 3] }, [[op, ['x'], ['y']]]);
    const backward = vjp(model, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    const { gx } = await runModel(backward.model, { x: row(...at), v: row(1, 1, 1) });
    expect(gx.data as Float32Array).toBeAllclose(slope, { atol: 1e-7 });
  });

  test('MaxPool gives everything to the first maximum of the window', async () => {
    const model = smallModel({ x: [1, 1, 2, 4] }, [
      ['MaxPool', ['x'], ['y'], { kernel_shape: [2, 2], strides: [2, 2] }],
    ]);
    const backward = vjp(model, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    const { gx } = await runModel(backward.model, {
      x: float32(Float32Array.of(0, 0, 1, 5, 0, 0, 5, 5), [1, 1, 2, 4]),
      v: float32(Float32Array.of(3, 4), [1, 1, 1, 2]),
    });
    expect([...(gx.data as Float32Array)]).toEqual([3, 0, 0, 4, 0, 0, 0, 0]);
  });

  test('a ReLU that only a MaxPool reads is applied to the pooled tensor, with the same value and gradient', async () => {
    const model = smallModel({ x: [1, 1, 2, 4] }, [
      ['Relu', ['x'], ['positive']],
      ['MaxPool', ['positive'], ['y'], { kernel_shape: [2, 2], strides: [2, 2] }],
    ]);
    const backward = vjp(model, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    expect(backward.model.graph.nodes.slice(0, 2).map(({ opType }) => opType)).toEqual(['MaxPool', 'Relu']);
    const { a, gx } = await runModel(backward.model, {
      x: float32(Float32Array.of(-1, -2, 1, 5, -3, -4, 2, 3), [1, 1, 2, 4]),
      v: float32(Float32Array.of(3, 4), [1, 1, 1, 2]),
    });
    expect([...(a.data as Float32Array)]).toEqual([0, 5]);
    expect([...(gx.data as Float32Array)]).toEqual([0, 0, 0, 4, 0, 0, 0, 0]);
    const atRelu = vjp(model, { from: 'positive', to: 'y', inputDims: noDims });
    expect(atRelu.inputs.x).toBe('positive');
  });

  test('the norm of a zero vector has gradient zero', async () => {
    const model = smallModel({ x: [1, 3] }, [['ReduceL2', ['x'], ['y'], { axes: [1] }]]);
    const backward = vjp(model, { from: 'x', to: 'y', inputDims: noDims, cotangents: 'single' });
    const { gx } = await runModel(backward.model, { x: row(0, 0, 0), v: row(1) });
    expect([...(gx.data as Float32Array)]).toEqual([0, 0, 0]);
  });
});

describe('vjp() refuses', () => {
  const model = smallModel({ image: [1, 4], other: [1, 4] }, [
    ['Relu', ['image'], ['features']],
    ['ArgMax', ['features'], ['best'], { axis: 1, keepdims: 1 }],
    ['Cast', ['best'], ['score'], { to: 1 }],
    ['Exp', ['other'], ['aside']],
    ['Det', ['square'], ['determinant']],
    ['FusedGelu', ['features'], ['fused'], {}, 'com.microsoft'],
    ['Conv', ['picture', 'features4'], ['filtered']],
  ]);
  const part = (...nodes: readonly number[]): Model => ({
    ...model,
    graph: { ...model.graph, nodes: nodes.map((i) => model.graph.nodes[i]) },
  });

  test('a tensor that is not there, naming the nearest', () => {
    const error = failure(() => between(part(0), 'image', 'feature'));
    expect(error).toMatchObject({ code: 'unknown-name', message: 'The model has no tensor "feature".' });
    expect(error.hint).toBe('Did you mean "features", "image", "other"?');
  });

  test('a tensor that does not depend on the input', () => {
    const error = failure(() => between(part(0, 3), 'image', 'aside'));
    expect(error).toMatchObject({
      code: 'not-differentiable',
      message: 'Tensor "aside" does not depend on "image".',
    });
  });

  test('a path through integers, naming the node where the gradient ends', () => {
    const error = failure(() => between(part(0, 1, 2), 'image', 'score'));
    expect(error.code).toBe('not-differentiable');
    expect(error.message).toBe(
      'Tensor "score" depends on "image" only through integers or steps, which have no gradient: node argmax_best (ArgMax).',
    );
    expect(error.hint).toContain('occlusion, RISE or Sobol attribution');
  });

  test('the places that TopK picks, whose values alone have a gradient', () => {
    const topK = smallModel(
      { x: [1, 4] },
      [
        ['TopK', ['x', 'two'], ['values', 'places'], { axis: 1 }],
        ['Cast', ['places'], ['y'], { to: 1 }],
      ],
      { two: int64([2]) },
    );
    expect(failure(() => between(topK, 'x', 'y')).message).toMatch(
      /no gradient: node topk_values \(TopK\)\.$/,
    );
    expect(between(topK, 'x', 'values').aDims).toEqual([1, 2]);
  });

  test('an integer tensor at either end', () => {
    const error = failure(() => between(part(0, 1), 'image', 'best'));
    expect(error).toMatchObject({
      code: 'not-differentiable',
      message: 'Tensor "best" holds int64 values; a gradient needs floating-point values at both ends.',
    });
  });

  test('an operator without a rule, naming it and the way round', () => {
    const hard = smallModel({ x: [2, 3] }, [['MeanVarianceNormalization', ['x'], ['y'], { axes: [1] }]]);
    const error = failure(() => between(hard, 'x', 'y'));
    expect(error.code).toBe('unsupported-operator');
    expect(error.message).toContain('MeanVarianceNormalization');
    expect(error.message).toContain('meanvariancenormalization_y');
    expect(error.hint).toContain('occlusion, RISE or Sobol attribution');
  });

  test('an operator of another domain', () => {
    const error = failure(() => between(part(0, 5), 'image', 'fused'));
    expect(error.code).toBe('unsupported-operator');
    expect(error.message).toContain('com.microsoft');
    expect(error.hint).toContain('occlusion, RISE or Sobol attribution');
  });

  test('weights that depend on the input', () => {
    const dynamic = smallModel(
      { x: [1, 1, 2, 2] },
      [
        ['Exp', ['x'], ['weight']],
        ['Conv', ['picture', 'weight'], ['y']],
      ],
      { picture: randomTensor([1, 1, 4, 4], 2) },
    );
    const error = failure(() => between(dynamic, 'x', 'y'));
    expect(error.code).toBe('not-differentiable');
    expect(error.message).toBe(
      'Cannot differentiate node conv_y (Conv): its input 1 ("weight") lies on the path, and only its main inputs have a gradient here.',
    );
  });

  test('batch normalisation in training mode', () => {
    const constants = Object.fromEntries(
      ['s', 'b', 'm', 'v'].map((name) => [name, float32(Float32Array.of(1, 1), [2])]),
    );
    const training = smallModel(
      { x: [2, 2, 3, 3] },
      [['BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['y', 'mean', 'var'], { training_mode: 1 }]],
      constants,
    );
    expect(failure(() => between(training, 'x', 'y'))).toMatchObject({
      code: 'not-differentiable',
      message:
        'Cannot differentiate node batchnormalization_y (BatchNormalization): it is in training mode, where images of a batch depend on one another.',
    });
  });
});
