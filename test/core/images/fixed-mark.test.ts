import { describe, expect, it } from 'vitest';
import { fixedMark } from '../../../core/images/fixed-mark.ts';
import { createRandom } from '../../../core/random.ts';

const SIDE = 48;
const layout = { channels: 3, height: SIDE, width: SIDE, layout: 'NCHW' } as const;

/** Noise, with a plain square of one colour where one is told. */
function picture(seed: number, at?: number, size = 6): Float32Array {
  const random = createRandom(seed);
  const out = Float32Array.from({ length: 3 * SIDE * SIDE }, () => random.normal());
  for (let i = 0; at !== undefined && i < size * size; i++) {
    const pixel = (at + Math.floor(i / size)) * SIDE + at + (i % size);
    for (let channel = 0; channel < 3; channel++)
      out[channel * SIDE * SIDE + pixel] = channel + 0.05 * random.normal();
  }
  return out;
}
const many = (count: number, seed: number, at: (i: number) => number | undefined) =>
  Array.from({ length: count }, (_, i) => picture(seed + i, at(i)));
const others = many(20, 500, () => undefined);

describe('fixedMark()', () => {
  it('finds a plain square that most pictures have in one place, and not one that half of them lack', () => {
    const mark = fixedMark(
      many(20, 1, (i) => (i % 5 === 4 ? undefined : 21)),
      others,
      layout,
    )!;
    const [{ top, left }] = mark.places as { top: number; left: number }[];
    expect(Math.abs(top + mark.side / 2 - 24)).toBeLessThanOrEqual(1.5);
    expect(Math.abs(left + mark.side / 2 - 24)).toBeLessThanOrEqual(1.5);
    expect(mark.places).toHaveLength(20);
    expect(
      fixedMark(
        many(20, 1, (i) => (i % 5 < 2 ? 21 : undefined)),
        others,
        layout,
      ),
    ).toBeUndefined();
  });

  it('finds none where it lies elsewhere in each, or in the others too', () => {
    expect(
      fixedMark(
        many(20, 1, (i) => (i * 7) % 40),
        others,
        layout,
      ),
    ).toBeUndefined();
    const bearing = many(20, 300, () => 21);
    expect(
      fixedMark(
        many(20, 1, () => 21),
        bearing,
        layout,
      ),
    ).toBeUndefined();
    expect(
      fixedMark(
        many(20, 1, () => undefined),
        others,
        layout,
      ),
    ).toBeUndefined();
  });
});
