import { describe, expect, it } from 'vitest';
import { createDirectionalDerivatives } from '../../../core/concepts/directional-derivatives.ts';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { cutModel } from '../../../core/onnx/cut-model.ts';
import { createSessionFactory } from '../../../core/runtime/session.ts';
import { colourModel } from '../../fixtures/colour-model.ts';

const COLOURS: LayerRecord = {
  tensor: 'colours',
  shape: [1, 3, 8, 8],
  kind: 'spatial',
  channelAxis: 1,
  grid: [8, 8],
  computeShare: 0.9,
};
const sessions = createSessionFactory({ device: 'cpu' });
/** Red, half green, and red with blue. */
const BANK = matrix(3, 3, Float32Array.of(1, 0, 0, 0, 0.5, 0, 0.6, 0, 0.8));

const slopesOf = async (squash: boolean, classIndex: number, amount: number): Promise<Float64Array> => {
  const { head } = cutModel(colourModel({ squash }), 'colours');
  const derivatives = createDirectionalDerivatives(head, COLOURS, BANK, classIndex, sessions);
  try {
    return await derivatives.of(matrix(64, 3, new Float32Array(192).fill(amount)));
  } finally {
    await derivatives.dispose();
  }
};

describe('createDirectionalDerivatives()', () => {
  it('gives the slope of an affine head along each direction, by hand', async () => {
    // The logit is ten times the mean of its channel, so that all 64 positions together have the slope ten.
    expect(await slopesOf(false, 0, 1)).toBeAllclose([10, 0, 6], { rtol: 1e-6 });
    expect(await slopesOf(false, 1, 1)).toBeAllclose([0, 5, 0], { rtol: 1e-6 });
  });

  it('is zero where the head does not answer: no concept is there, and its ReLU is shut', async () => {
    expect([...(await slopesOf(true, 0, 0))]).toEqual([0, 0, 0]);
    expect(await slopesOf(true, 0, 1)).toBeAllclose([10, 0, 6], { rtol: 1e-6 });
  });
});
