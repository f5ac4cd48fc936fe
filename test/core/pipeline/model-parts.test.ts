import { describe, expect, it } from 'vitest';
import { runnerFor } from '../../../core/pipeline/model-parts.ts';
import type { ModelScope } from '../../../core/pipeline/run-context.ts';
import { float32 } from '../../../core/tensor.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { ortSessions } from '../onnx/ort-sessions.ts';

/** Of all tensors of one picture: 3 x 32 x 32, twice 3 x 8 x 8, three times 3 numbers. */
const BYTES_PER_PICTURE = 4 * (3072 + 2 * 192 + 9);

/** The colour model with height and width left open, and the sizes of the batches that it is given. */
function openSize(memoryBudget: number) {
  const model = colourModel();
  const graph = {
    ...model.graph,
    inputs: [{ name: 'image', type: 'float32' as const, dims: ['batch', 3, 'height', 'width'] }],
  };
  const tried: number[] = [];
  const sessions = {
    device: 'cpu',
    open: async (bytes: Uint8Array) => {
      const session = await ortSessions().open(bytes);
      return {
        ...session,
        run: (feeds: Parameters<typeof session.run>[0]) => {
          tried.push(feeds.image.dims[0]);
          return session.run(feeds);
        },
      };
    },
  };
  const intake = { inputDims: new Map([['image', [1, 3, 32, 32]]]), hasFreeBatch: true };
  const scope = { environment: { memoryBudget }, device: { sessions }, intake } as unknown as ModelScope;
  return { runner: runnerFor(scope, { ...model, graph }), tried };
}

describe('runnerFor()', () => {
  it('fits batches to the memory at the size that is used, where the model leaves height and width open', async () => {
    const { runner, tried } = openSize(3 * BYTES_PER_PICTURE + 1);
    const pictures = float32(new Float32Array(7 * 3072).fill(0.5), [7, 3, 32, 32]);
    expect((await runner.run(pictures)).dims).toEqual([7, 3]);
    expect(tried).toEqual([3, 3, 1]);
    await runner.dispose();
  });
});
