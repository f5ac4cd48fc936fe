import type { Collinearity } from './collinearity.ts';
import type { Fidelity } from './fidelity.ts';
import type { HitRate } from './hit-rate.ts';
import type { MuFidelity } from './mu-fidelity.ts';
import type { OrderResult } from './order-comparison.ts';
import type { ReconstructionError } from './reconstruction.ts';
import type { SanityCheck } from './sanity-check.ts';
import type { Stability } from './stability.ts';

/** Green, amber, red, and grey for a figure that was not computed or does not exist. */
export type TrustLevel = 'good' | 'fair' | 'weak' | 'unknown';

/** From where on a figure is good or fair. `direction` says which side is better. */
export interface TrustThreshold {
  readonly good: number;
  readonly fair: number;
  readonly direction: 'higher' | 'lower';
}

/**
 * The one place where bounds stand. Our conventions, chosen for what the figures mean and held against models with known
 * faults (`npm run bench calibration`); no statistical tests but for the two curves.
 *
 * - hitRate: right answers above chance, where folders name classes. Below 0.1 the model guesses: there is nothing
 *   learned to explain. At 0.5 half of what guessing gets wrong is right.
 * - agreement: at 0.95 one image in twenty is called something else when the model goes on with the concepts.
 * - r2: at 0.8 a fifth of the activations' variation is lost. relativeError is the same loss on another scale.
 * - logitR2: at 0.8 a fifth of the logit's variation over the images is lost in the reconstruction.
 * - deletion, insertion: share of random orders along which the score moves less. 0.975 is a one-sided test at 2.5 %.
 *   At most about 1 - 1 / (2 r!) can be reached: with three concepts or fewer the order cannot be good, only fair.
 * - muFidelity: a correlation of 0.7 foretells half of the variation of the drops, 0.4 a sixth.
 * - stability: mean cosine of matched concepts; 0.9 is an angle of 26°, 0.75 of 41°.
 * - sanity: rank correlation of maps with those of random weights; at 0.5 they share a quarter of the ranks'
 *   variation. Smooth maps of some hundred positions reach 0.1 to 0.3 by chance, of sound explanations and others alike, see
 *   models/planted/README.md; so 0.3 is good.
 * - redundancy: share of concepts that are dead or point the way of an earlier one.
 */
export const TRUST_THRESHOLDS = {
  hitRate: { good: 0.5, fair: 0.1, direction: 'higher' },
  agreement: { good: 0.95, fair: 0.8, direction: 'higher' },
  r2: { good: 0.8, fair: 0.5, direction: 'higher' },
  relativeError: { good: 0.3, fair: 0.5, direction: 'lower' },
  logitR2: { good: 0.8, fair: 0.5, direction: 'higher' },
  deletion: { good: 0.975, fair: 0.7, direction: 'higher' },
  insertion: { good: 0.975, fair: 0.7, direction: 'higher' },
  muFidelity: { good: 0.7, fair: 0.4, direction: 'higher' },
  stability: { good: 0.9, fair: 0.75, direction: 'higher' },
  sanity: { good: 0.3, fair: 0.5, direction: 'lower' },
  redundancy: { good: 0, fair: 0.2, direction: 'lower' },
} as const satisfies Record<string, TrustThreshold>;

/** Name of a figure of {@link TRUST_THRESHOLDS}. */
export type TrustFigure = keyof typeof TRUST_THRESHOLDS;

/** One light: the figure, its value, and what that is worth. */
export interface TrustLight {
  readonly figure: TrustFigure;
  readonly value: number | undefined;
  readonly level: TrustLevel;
}

/** What was measured; what was not may be left out. */
export interface TrustEvidence {
  readonly hitRate?: Pick<HitRate, 'aboveChance'>;
  readonly reconstruction?: ReconstructionError;
  readonly fidelity?: Pick<Fidelity, 'agreement' | 'logitR2'>;
  /** Of the order by importance. */
  readonly deletion?: Pick<OrderResult, 'beatsRandom' | 'movesBefore'>;
  readonly insertion?: Pick<OrderResult, 'beatsRandom' | 'movesBefore'>;
  readonly muFidelity?: Pick<MuFidelity, 'mean'>;
  readonly stability?: Pick<Stability, 'mean'>;
  readonly sanity?: Pick<SanityCheck, 'similarity'>;
  readonly collinearity?: Collinearity;
}

/** A light for every figure of {@link TRUST_THRESHOLDS}, in that order. `nConcepts` is r, at least 1. */
export function trustLights(evidence: TrustEvidence, nConcepts: number): TrustLight[] {
  const { collinearity } = evidence;
  const values: Record<TrustFigure, number | undefined> = {
    hitRate: evidence.hitRate?.aboveChance,
    agreement: evidence.fidelity?.agreement,
    r2: evidence.reconstruction?.r2,
    relativeError: evidence.reconstruction?.relativeError,
    logitR2: evidence.fidelity?.logitR2,
    deletion: orderFigure(evidence.deletion),
    insertion: orderFigure(evidence.insertion),
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

/**
 * How surely an order is not chance: by the movement of the score, which is what importance tells; by the area under the
 * curve in evaluations from before that was looked at.
 */
function orderFigure(order: TrustEvidence['deletion']): number | undefined {
  return order?.movesBefore ?? order?.beatsRandom;
}

/** Dead concepts, and of each pair the second one. */
function redundantConcepts({ dead, pairs }: Collinearity): number {
  return new Set([...dead, ...pairs.map(({ second }) => second)]).size;
}

/** What a figure is worth. A value that is not a number is weak: it was computed, and failed. */
export function levelOf(value: number | undefined, { good, fair, direction }: TrustThreshold): TrustLevel {
  if (value === undefined) return 'unknown';
  const reaches = (bound: number): boolean => (direction === 'higher' ? value >= bound : value <= bound);
  return reaches(good) ? 'good' : reaches(fair) ? 'fair' : 'weak';
}
