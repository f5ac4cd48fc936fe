import { describe, expect, it } from 'vitest';
import { TRUST_THRESHOLDS, trustLights, type TrustFigure } from '../../../core/metrics/trust.ts';

const levels = (...args: Parameters<typeof trustLights>): Record<string, string> =>
  Object.fromEntries(trustLights(...args).map(({ figure, level }) => [figure, level]));

const fidelityWith = (logitR2: number | undefined) => ({ agreement: 1, logitR2, logitError: 0, leftOut: [] });
const order = (beatsRandom: number) => ({ logits: new Float64Array(3), beatsRandom });

describe('trustLights', () => {
  it('knows nothing without evidence, in a fixed order', () => {
    const lights = trustLights({}, 3);
    expect(lights.map(({ figure }) => figure)).toEqual(Object.keys(TRUST_THRESHOLDS));
    expect(lights.every(({ level, value }) => level === 'unknown' && value === undefined)).toBe(true);
  });

  it('reads every figure from its metric', () => {
    const evidence = {
      fidelity: fidelityWith(0.9),
      deletion: order(0.99),
      insertion: order(0.8),
      muFidelity: { mean: 0.1, interval: undefined, images: 1 },
      stability: { mean: 0.8, min: 0, concepts: [], unmatched: 0 },
      sanity: { maps: [], similarity: 0.9, flat: [] },
      collinearity: {
        dead: [1],
        pairs: [
          { first: 0, second: 2, cosine: 1 },
          { first: 0, second: 3, cosine: 1 },
          { first: 2, second: 3, cosine: 1 },
        ],
      },
    };
    expect(trustLights(evidence, 30).find(({ figure }) => figure === 'redundancy')!.value).toBe(0.1);
    expect(levels(evidence, 30)).toEqual({
      logitR2: 'good',
      deletion: 'good',
      insertion: 'fair',
      muFidelity: 'weak',
      stability: 'fair',
      sanity: 'weak',
      redundancy: 'fair',
    });
  });

  it('counts the threshold itself to the better side', () => {
    const level = (figure: TrustFigure, evidence: Parameters<typeof trustLights>[0]) =>
      levels(evidence, 1)[figure];
    expect(level('logitR2', { fidelity: fidelityWith(0.8) })).toBe('good');
    expect(level('logitR2', { fidelity: fidelityWith(0.5) })).toBe('fair');
    expect(level('logitR2', { fidelity: fidelityWith(0.499) })).toBe('weak');
    expect(level('sanity', { sanity: { maps: [], similarity: 0.2, flat: [] } })).toBe('good');
    expect(level('sanity', { sanity: { maps: [], similarity: 0.501, flat: [] } })).toBe('weak');
    expect(level('redundancy', { collinearity: { dead: [], pairs: [] } })).toBe('good');
    expect(level('redundancy', { collinearity: { dead: [0], pairs: [] } })).toBe('weak');
  });

  it('tells a figure that failed from one that does not exist', () => {
    expect(levels({ fidelity: fidelityWith(NaN) }, 1).logitR2).toBe('weak');
    expect(levels({ fidelity: fidelityWith(undefined) }, 1).logitR2).toBe('unknown');
    expect(levels({ deletion: { logits: new Float64Array(2) } }, 1).deletion).toBe('unknown');
  });
});
