import { describe, expect, it } from 'vitest';
import { fidelity } from '../../../core/metrics/fidelity.ts';

const image = (logit: number, reconstructedLogit: number, agrees = true) => ({
  logit,
  reconstructedLogit,
  agrees,
});

describe('fidelity', () => {
  it('follows its definition on numbers worked by hand', () => {
    // Residuals 1, 0, -1; deviations of the logit -2, 0, 2.
    const result = fidelity([image(1, 0), image(3, 3), image(5, 6, false)]);
    expect(result.agreement).toBeCloseTo(2 / 3, 14);
    expect(result.logitR2).toBe(0.75);
    expect(result.logitError).toBeCloseTo(2 / 3, 14);
    expect(result.leftOut).toEqual([]);
  });

  it('does not refit: a perfectly correlated logit with an offset loses R²', () => {
    expect(fidelity([image(1, 3), image(3, 5)]).logitR2).toBe(-3);
    expect(fidelity([image(1, 2), image(3, 2)]).logitR2).toBe(0);
    expect(fidelity([image(1, 1), image(3, 3)]).logitR2).toBe(1);
  });

  it('has no R² for logits that do not vary', () => {
    expect(fidelity([image(0.1, 0.1)]).logitR2).toBeUndefined();
    expect(fidelity([image(0.1, 0.3), image(0.1, 0.1), image(0.1, 0.1)])).toMatchObject({
      logitR2: undefined,
    });
    expect(fidelity([])).toEqual({ agreement: NaN, logitR2: undefined, logitError: undefined, leftOut: [] });
  });

  it('counts an image without finite logits in the agreement only', () => {
    const result = fidelity([image(1, NaN, false), image(1, 1), image(3, 3), image(-Infinity, 0)]);
    expect(result).toEqual({ agreement: 0.75, logitR2: 1, logitError: 0, leftOut: [0, 3] });
  });
});
