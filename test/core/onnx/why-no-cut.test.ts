import { describe, expect, it } from 'vitest';
import { withOutputs } from '../../../core/onnx/compose.ts';
import { findCutPoints } from '../../../core/onnx/cut-points.ts';
import { withDynamicBatch } from '../../../core/onnx/dynamic-batch.ts';
import { prepareModel } from '../../../core/onnx/prepare/prepare-model.ts';
import { whyNoCut } from '../../../core/onnx/why-no-cut.ts';
import { int64, type Tensor } from '../../../core/tensor.ts';
import { smallModel, type ShortNode } from '../autodiff/graphs.ts';
import { intakeCases, modelOf } from '../intake/intake-cases.ts';
import { randomTensor } from './example-models.ts';

const dims = [1, 3, 6, 6];
const inputDims = new Map([['x', dims]]);
const net = (input: string, output: string, weights = 'w'): ShortNode[] => [
  ['Conv', [input, weights], [`${output}_map`]],
  ['GlobalAveragePool', [`${output}_map`], [`${output}_pool`]],
  ['Flatten', [`${output}_pool`], [`${output}_row`]],
  ['MatMul', [`${output}_row`, 'm'], [output]],
];
const constants: Record<string, Tensor> = {
  w: randomTensor([4, 3, 3, 3], 1),
  v: randomTensor([4, 3, 3, 3], 2),
  m: randomTensor([4, 5], 3),
};
const ints = (...values: number[]) => int64(values);

function of(nodes: readonly ShortNode[], more: Record<string, Tensor> = {}) {
  const model = smallModel({ x: dims }, nodes, { ...constants, ...more });
  return withDynamicBatch(prepareModel(model), inputDims).model;
}
const mean: ShortNode[] = [
  ['Add', ['a', 'b'], ['sum']],
  ['Mul', ['sum', 'sum'], ['out']],
];

describe('cut points where the scores are all that paths share', () => {
  it.each<[string, readonly ShortNode[], Record<string, Tensor>, string]>([
    ['two networks', [...net('x', 'a'), ...net('x', 'b', 'v'), ...mean], {}, 'Two networks run side by side'],
    [
      'three networks',
      [
        ...net('x', 'a'),
        ...net('x', 'b', 'v'),
        ...net('x', 'c'),
        ...mean.slice(0, 1),
        ['Add', ['sum', 'c'], ['out']],
      ],
      {},
      'Three networks run side by side and meet only in the scores',
    ],
    [
      'a mirrored picture',
      [['Slice', ['x', 'start', 'end', 'axis', 'step'], ['y']], ...net('x', 'a'), ...net('y', 'b'), ...mean],
      { start: ints(-1), end: ints(-100), axis: ints(3), step: ints(-1) },
      'here a picture and its mirror image, meet only in the scores',
    ],
    [
      'a crop',
      [['Slice', ['x', 'start', 'end', 'axis'], ['y']], ...net('x', 'a'), ...net('y', 'b'), ...mean],
      { start: ints(1), end: ints(5), axis: ints(3) },
      'here several views of a picture, meet only in the scores',
    ],
    [
      'crops stacked in the batch',
      [
        ['Concat', ['x', 'x'], ['y'], { axis: 0 }],
        ...net('y', 'a'),
        ['Reshape', ['a', 'apart'], ['b']],
        ['ReduceMean', ['b'], ['out'], { axes: [0], keepdims: 0 }],
      ],
      { apart: ints(2, -1, 5) },
      'The batch changes inside the model (2 rows a picture at',
    ],
  ])('are none for %s, and it is said why', (_, nodes, more, why) => {
    const model = of(nodes, more);
    expect(findCutPoints(model, inputDims)).toEqual([]);
    expect(whyNoCut(model, inputDims)).toContain(why);
  });

  it('are none of the scores where a network gives them, nor what is read off them', () => {
    const model = of([...net('x', 'a'), ['Mul', ['a', 'a'], ['s']], ['Softmax', ['s'], ['out']]]);
    expect(findCutPoints(model, inputDims).map(({ tensor }) => tensor)).toEqual(['a_map', 'a_pool']);
  });
});

const sized = intakeCases.flatMap((item) => (item.cut === undefined ? [] : [[item.name, item] as const]));

describe.skipIf(sized.length === 0)('cut points of the intake cases (in ../shared)', () => {
  it.each(sized)('%s', (_, item) => {
    const prepared = prepareModel(modelOf(item));
    const channels = item.input.channels;
    const sizes = item.input.layout === 'NCHW' ? [1, channels, 64, 64] : [1, 64, 64, channels];
    const known = new Map([[item.input.name, sizes]]);
    const score = item.gradient!.score.tensor;
    const { model } = withDynamicBatch(withOutputs(prepared, [score]), known);
    const cuts = findCutPoints(model, known);
    if (item.cut === null || item.cut!.shape[0] !== 1) {
      expect(cuts).toEqual([]);
      expect(whyNoCut(model, known)).not.toBe('');
      return;
    }
    expect(cuts.find(({ tensor }) => tensor === item.cut!.tensor)?.shape).toEqual(item.cut!.shape);
    // A tensor nearby is as good: the same places and channels.
    expect(cuts.find(({ proposed }) => proposed)?.shape).toEqual(item.cut!.shape);
  });
});
