import { describe, expect, it } from 'vitest';
import { inferShapes, probeShapes } from '../../../core/onnx/shapes.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import {
  fullSizeBytes,
  fullSizeNames,
  randomInput,
  referenceModel,
  referenceNames,
} from './example-models.ts';
import { ortSessions } from './ort-sessions.ts';
import type { Model } from '../../../core/onnx/graph.ts';

async function expectTrueShapes(model: Model, batch: number) {
  const feeds = randomInput(model, batch);
  const inputDims = new Map(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
  const inferred = inferShapes(model, inputDims);
  const probed = await probeShapes(model, inputDims, ortSessions());
  const plain = [...probed].map(([name]) => {
    const fact = inferred.get(name);
    return [name, fact && { type: fact.type, dims: fact.dims }] as const;
  });
  const wanted = [...probed].map(([name, { type, dims }]) => [name, { type, dims }] as const);
  expect(new Map(plain)).toEqual(new Map(wanted));
}

describe('inferShapes()', () => {
  it.each(referenceNames)('agrees with a run on every tensor of %s', async (name) => {
    await expectTrueShapes(referenceModel(name).model, 2);
  });

  it.each(fullSizeNames)('agrees with a run on every tensor of %s', async (name) => {
    await expectTrueShapes(decodeModel(fullSizeBytes(name)), 1);
  });
});
