import type { Collinearity } from './collinearity.ts';
import type { Fidelity } from './fidelity.ts';
import type { MuFidelity } from './mu-fidelity.ts';
import type { OrderResult } from './order-comparison.ts';
import type { SanityCheck } from './sanity-check.ts';
import type { Stability } from './stability.ts';

/** Green, amber, red, and grey for a figure that was not computed or does not exist. */
export type TrustLevel = 'good' | 'fair' | 'weak' | 'unknown';

/** From where on a figure is good or fair. `direction` says which side is better. */
interface Threshold {
  readonly good: number;
  readonly fair: number;
  readonly direction: 'higher' | 'lower';
}

/**
 * Our conventions, chosen for what the figures mean; no statistical tests but for the two curves.
 *
 * - logitR2: at 0.8 a fifth of the logit's variation over the images is lost in the reconstruction.
 * - deletion, insertion: share of random orders that the importance order beats. 0.975 is a one-sided test at 2.5 %.
 *   At most about 1 - 1 / (2 r!) can be reached: with three concepts or fewer the order cannot be good, only fair.
 * - muFidelity: a correlation of 0.7 foretells half of the variation of the drops, 0.4 a sixth.
 * - stability: mean cosine of matched concepts; 0.9 is an angle of 26°, 0.75 of 41°.
 * - sanity: rank correlation of maps with those of random weights; at 0.2 they share 4 % of the ranks' variation, at 0.5 a quarter.
 * - redundancy: share of concepts that are dead or point the way of an earlier one.
 */
export const TRUST_THRESHOLDS = {
  logitR2: { good: 0.8, fair: 0.5, direction: 'higher' },
  deletion: { good: 0.975, fair: 0.7, direction: 'higher' },
  insertion: { good: 0.975, fair: 0.7, direction: 'higher' },
  muFidelity: { good: 0.7, fair: 0.4, direction: 'higher' },
  stability: { good: 0.9, fair: 0.75, direction: 'higher' },
  sanity: { good: 0.2, fair: 0.5, direction: 'lower' },
  redundancy: { good: 0, fair: 0.2, direction: 'lower' },
} as const satisfies Record<string, Threshold>;

export type TrustFigure = keyof typeof TRUST_THRESHOLDS;

/** One light: the figure, its value, and what that is worth. */
export interface TrustLight {
  readonly figure: TrustFigure;
  readonly value: number | undefined;
  readonly level: TrustLevel;
}

/** What was measured; what was not may be left out. */
export interface TrustEvidence {
  readonly fidelity?: Fidelity;
  /** Of the order by importance. */
  readonly deletion?: OrderResult;
  readonly insertion?: OrderResult;
  readonly muFidelity?: MuFidelity;
  readonly stability?: Stability;
  readonly sanity?: SanityCheck;
  readonly collinearity?: Collinearity;
}

/** A light for every figure of {@link TRUST_THRESHOLDS}, in that order. `nConcepts` is r, at least 1. */
export function trustLights(evidence: TrustEvidence, nConcepts: number): TrustLight[] {
  const { collinearity } = evidence;
  const values: Record<TrustFigure, number | undefined> = {
    logitR2: evidence.fidelity?.logitR2,
    deletion: evidence.deletion?.beatsRandom,
    insertion: evidence.insertion?.beatsRandom,
    muFidelity: evidence.muFidelity?.mean,
    stability: evidence.stability?.mean,
    sanity: evidence.sanity?.similarity,
    redundancy: collinearity && redundantConcepts(collinearity) / nConcepts,
  };
  return (Object.keys(TRUST_THRESHOLDS) as TrustFigure[]).map((figure) => ({
    figure,
    value: values[figure],
    level: levelOf(values[figure], TRUST_THRESHOLDS[figure]),
  }));
}

/** Dead concepts, and of each pair the second one. */
function redundantConcepts({ dead, pairs }: Collinearity): number {
  return new Set([...dead, ...pairs.map(({ second }) => second)]).size;
}

/** A value that is not a number is weak: it was computed, and failed. */
function levelOf(value: number | undefined, { good, fair, direction }: Threshold): TrustLevel {
  if (value === undefined) return 'unknown';
  const reaches = (bound: number): boolean => (direction === 'higher' ? value >= bound : value <= bound);
  return reaches(good) ? 'good' : reaches(fair) ? 'fair' : 'weak';
}
