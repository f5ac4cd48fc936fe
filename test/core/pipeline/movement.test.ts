import { describe, expect, it } from 'vitest';
import { movementOf, type ImageRest } from '../../../core/pipeline/stages/rest.ts';

const image = (share: number, effects: readonly number[], changes: Partial<ImageRest> = {}): ImageRest => ({
  replicates: [share],
  status: 'ok',
  method: 'exact',
  effects,
  ...changes,
});

describe('movementOf()', () => {
  it('is the mean over the images in which anything moves the score', () => {
    const still = image(0, [0, 0], { status: 'constant-output' });
    const { rest, effects } = movementOf([image(0.1, [3, -1]), still, image(0.3, [5, 1])], 0);
    expect(rest).toMatchObject({ mean: expect.closeTo(0.2, 12) as number, images: 2 });
    expect(rest!.low).toBeLessThan(0.2);
    expect(rest!.high).toBeGreaterThan(0.2);
    expect(effects).toEqual([4, 0]);
  });

  it('is nothing where the score moves in none', () => {
    expect(movementOf([image(0, [0], { status: 'constant-output' })], 0)).toEqual({});
  });
});
