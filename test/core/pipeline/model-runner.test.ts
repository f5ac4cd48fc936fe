import { describe, expect, it } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import { createModelRunner } from '../../../core/pipeline/model-runner.ts';
import type { Session } from '../../../core/platform.ts';
import { float32, type Tensor } from '../../../core/tensor.ts';
import { colourModel } from '../../fixtures/colour-model.ts';

/** A session that doubles its input and cannot hold more than `most` items; `tried` gets the size of every batch. */
function narrowSession(most: number, tried: number[]): Session {
  return {
    device: 'cpu',
    inputNames: ['x'],
    outputNames: ['y'],
    run: ({ x }) => {
      tried.push(x.dims[0]);
      if (x.dims[0] > most) throw new TesseraError('out-of-memory', 'no room');
      const { data, dims } = x as Tensor<'float32'>;
      return Promise.resolve({
        y: float32(
          data.map((value) => 2 * value),
          dims,
        ),
      });
    },
    dispose: () => Promise.resolve(),
  };
}

function runnerOver(most: number, tried: number[], fixedBatch = false) {
  return createModelRunner(colourModel(), {
    sessions: { device: 'cpu', open: () => Promise.resolve(narrowSession(most, tried)) },
    bytesPerItem: 1,
    memoryBudget: 8,
    fixedBatch,
  });
}

const items = float32(
  Float32Array.from({ length: 10 }, (_, i) => i),
  [10, 1],
);
const doubled = Array.from({ length: 10 }, (_, i) => 2 * i);

describe('createModelRunner()', () => {
  it('fills the memory budget, and halves a batch that cannot be allocated for good', async () => {
    const tried: number[] = [];
    const output = await runnerOver(3, tried).run(items);
    expect([...output.data]).toEqual(doubled);
    expect(output.dims).toEqual([10, 1]);
    expect(tried).toEqual([8, 4, 2, 2, 2, 2, 2]);
  });

  it('gives a model of fixed batch one item at a time', async () => {
    const tried: number[] = [];
    expect([...(await runnerOver(3, tried, true).run(items)).data]).toEqual(doubled);
    expect(tried).toEqual(new Array(10).fill(1));
  });

  it('tells the failure of a single item', async () => {
    await expect(runnerOver(0, []).run(items)).rejects.toMatchObject({ code: 'out-of-memory' });
  });
});
