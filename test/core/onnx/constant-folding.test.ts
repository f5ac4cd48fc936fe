import { describe, expect, it } from 'vitest';
import { foldConstants } from '../../../core/onnx/constant-folding.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import {
  fullSizeBytes,
  fullSizeNames,
  randomInput,
  referenceModel,
  referenceNames,
} from './example-models.ts';
import { runModel } from './ort-sessions.ts';
import type { Model } from '../../../core/onnx/graph.ts';

const removed = ['Constant', 'ConstantOfShape', 'Equal', 'Identity', 'Dropout'];

async function expectSameNumbers(model: Model, batches: readonly number[]) {
  const dims = Object.entries(randomInput(model, 1)).map(([name, tensor]) => [name, tensor.dims] as const);
  const folded = foldConstants(model, new Map(dims));
  for (const batch of batches) {
    const feeds = randomInput(model, batch);
    expect(await runModel(folded, feeds)).toEqual(await runModel(model, feeds));
  }
  return folded;
}

describe('foldConstants()', () => {
  it.each(referenceNames)('keeps the numbers of %s at two batch sizes', async (name) => {
    const folded = await expectSameNumbers(referenceModel(name).model, [1, 3]);
    const left = folded.graph.nodes.filter(({ opType }) => removed.includes(opType));
    expect(left).toEqual([]);
  });

  it.each(fullSizeNames)('keeps the numbers of %s', async (name) => {
    await expectSameNumbers(decodeModel(fullSizeBytes(name)), [1]);
  });
});
