import { describe, expect, it } from 'vitest';
import { TRUST_THRESHOLDS, trustLights, type TrustFigure } from '../../../core/metrics/trust.ts';

const levels = (...args: Parameters<typeof trustLights>): Record<string, string> =>
  Object.fromEntries(trustLights(...args).map(({ figure, level }) => [figure, level]));

const fidelityWith = (logitR2: number | undefined) => ({ agreement: 1, logitR2 });

describe('trustLights', () => {
  it('knows nothing without evidence, in a fixed order', () => {
    const lights = trustLights({}, 3);
    expect(lights.map(({ figure }) => figure)).toEqual(Object.keys(TRUST_THRESHOLDS));
    expect(lights.every(({ level, value }) => level === 'unknown' && value === undefined)).toBe(true);
  });

  it('reads every figure from its metric', () => {
    const evidence = {
      hitRate: { aboveChance: 0.3 },
      reconstruction: { r2: 0.4, relativeError: 0.2 },
      fidelity: fidelityWith(0.9),
      deletion: { beatsRandom: 0.1, movesBefore: 0.99 },
      // Of an evaluation from before movement was looked at.
      insertion: { beatsRandom: 0.8 },
      muFidelity: { mean: 0.1 },
      stability: { mean: 0.8 },
      sanity: { similarity: 0.9 },
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
      hitRate: 'fair',
      agreement: 'good',
      r2: 'weak',
      relativeError: 'good',
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
    expect(level('sanity', { sanity: { similarity: 0.3 } })).toBe('good');
    expect(level('sanity', { sanity: { similarity: 0.31 } })).toBe('fair');
    expect(level('sanity', { sanity: { similarity: 0.501 } })).toBe('weak');
    expect(level('redundancy', { collinearity: { dead: [], pairs: [] } })).toBe('good');
    expect(level('redundancy', { collinearity: { dead: [0], pairs: [] } })).toBe('weak');
  });

  it('tells a figure that failed from one that does not exist', () => {
    expect(levels({ fidelity: fidelityWith(NaN) }, 1).logitR2).toBe('weak');
    expect(levels({ fidelity: fidelityWith(undefined) }, 1).logitR2).toBe('unknown');
    expect(levels({ deletion: {} }, 1).deletion).toBe('unknown');
  });
});
