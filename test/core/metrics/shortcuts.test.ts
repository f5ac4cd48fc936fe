import { describe, expect, it } from 'vitest';
import { formOf, FRAME_PLACES } from '../../../core/metrics/cues.ts';
import {
  amountElsewhere,
  CUE_BOUNDS,
  isCue,
  isPaintedCue,
  plainestCue,
} from '../../../core/metrics/shortcuts.ts';
import { lowestDifference, shareEstimate, wilson } from '../../../core/metrics/wilson.ts';

describe('isCue()', () => {
  const counts = { pairs: 48, moved: 22, moving: 0, left: 25 };

  it('needs pictures that join the class and pictures that leave it', () => {
    expect(isCue('corner', counts)).toBe(true);
    expect(isCue('corner', { ...counts, moved: 0 })).toBe(false);
    // A model that is unsure of its class leaves it at any change of a picture.
    expect(isCue('border', { ...counts, moved: 0, left: 46 })).toBe(false);
    expect(isCue('corner', { ...counts, moved: 11, left: 3 })).toBe(false);
    expect(isCue('sharpness', { ...counts, left: 3 })).toBe(false);
  });

  it('asks for few that leave a place of the frame where many join, since the cue may reach out of it', () => {
    expect(isCue('strip', { pairs: 48, moved: 20, moving: 1, left: 1 })).toBe(true);
    expect(isCue('strip', { pairs: 48, moved: 20, moving: 12, left: 1 })).toBe(false);
  });

  it('counts only what pictures of the class do and no others', () => {
    expect(isCue('corner', { ...counts, moving: 20 })).toBe(false);
    expect(isCue('background', { pairs: 48, moved: 33, moving: 16, left: 40 })).toBe(false);
  });

  it('asks nothing of what a background leaves, since the middle shows it too', () => {
    expect(isCue('background', { pairs: 48, moved: 48, moving: 0, left: 0 })).toBe(true);
    expect(isCue('colours', { pairs: 48, moved: 48, moving: 0, left: 0 })).toBe(false);
  });

  it('is sure of nothing on few pictures', () => {
    expect(isCue('corner', { pairs: 5, moved: 1, moving: 0, left: 4 })).toBe(false);
  });

  it('has bounds for every form', () => {
    for (const name of FRAME_PLACES) expect(CUE_BOUNDS[formOf(name)].both).toBeGreaterThan(0);
    expect(FRAME_PLACES).toHaveLength(9);
  });
});

describe('isPaintedCue()', () => {
  it('asks for half of the decisions, and twice as many as any place of the form changes', () => {
    const still = { left: 0, pairs: 30 };
    expect(isPaintedCue({ left: 20, pairs: 30 }, [still, still])).toBe(true);
    expect(isPaintedCue({ left: 10, pairs: 30 }, [still])).toBe(false);
    expect(isPaintedCue({ left: 28, pairs: 30 }, [{ left: 18, pairs: 30 }])).toBe(false);
    // The border has no second one.
    expect(isPaintedCue({ left: 28, pairs: 30 }, [])).toBe(false);
  });
});

describe('plainestCue()', () => {
  it('prefers the plainest of those that do nearly as much as the strongest', () => {
    const corner = { form: 'corner', strength: 0.6 } as const;
    const strip = { form: 'strip', strength: 0.63 } as const;
    const border = { form: 'border', strength: 0.95 } as const;
    expect(plainestCue([strip, corner])).toBe(corner);
    expect(plainestCue([border, strip, corner])).toBe(border);
    expect(plainestCue([])).toBeUndefined();
  });
});

describe('amountElsewhere()', () => {
  it('gives what others have as a share of what the class has, by hand', () => {
    const found = amountElsewhere([2, 4], [1, 1])!;
    // Relative error of the one mean 1 / 3, of the other 0.
    expect(found.value).toBeCloseTo(1 / 3, 12);
    expect(found.low).toBeCloseTo(Math.exp(-1.959964 / 3) / 3, 12);
    expect(found.high).toBeCloseTo(Math.exp(1.959964 / 3) / 3, 12);
  });

  it('knows nothing of single pictures and of a class that has none of it', () => {
    expect(amountElsewhere([1], [0, 0])).toBeUndefined();
    expect(amountElsewhere([0, 0], [1, 1])).toBeUndefined();
    expect(amountElsewhere([1, 2], [0, 0])).toEqual({ value: 0, low: 0, high: 0 });
  });
});

describe('shareEstimate()', () => {
  it('is the interval of Wilson, within 0 and 1', () => {
    const [low, high] = wilson(8, 10);
    expect([low, high].map((end) => Number(end.toFixed(4)))).toEqual([0.4902, 0.9433]);
    expect(shareEstimate(0, 20).low).toBe(0);
    expect(shareEstimate(20, 20).high).toBe(1);
  });

  it('tells two shares apart as Newcombe does', () => {
    // 56 of 70 against 48 of 80: 0.2 (0.0524 to 0.3339), Newcombe 1998, table II.
    expect(lowestDifference(shareEstimate(56, 70), shareEstimate(48, 80))).toBeCloseTo(0.0524, 4);
  });
});
