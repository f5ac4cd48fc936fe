import type { Collinearity } from './collinearity.ts';
import type { Fidelity } from './fidelity.ts';
import type { Frontier } from './frontier.ts';
import type { HeldOut } from './held-out.ts';
import type { HitRate } from './hit-rate.ts';
import type { MuFidelity } from './mu-fidelity.ts';
import type { OrderComparison, OrderResult, RandomOrders } from './order-comparison.ts';
import type { ReconstructionError } from './reconstruction.ts';
import type { ConceptSparsity } from './sparsity.ts';
import type { ConceptStability } from './stability.ts';
import type { TrustEvidence } from './trust.ts';

/*
 * How far one explanation can be trusted, as the project stores it, the report prints it and the window shows it:
 * plain data that JSON can carry. Lists over concepts are in the order of the bank ("c0", "c1", …).
 */

/** `quick` is made after every run and costs a fraction of it; `full` takes more images, orders and repetitions. */
export type EvaluationLevel = 'quick' | 'full';

/** Orders in which concepts are taken away or put in. */
export type OrderName = 'sobol' | 'size' | 'gradient';

/** A figure that may not exist is left out. */
type Stored<T> = {
  readonly [Key in keyof T as undefined extends T[Key] ? never : Key]: Plain<T[Key]>;
} & {
  readonly [Key in keyof T as undefined extends T[Key] ? Key : never]?: Plain<Exclude<T[Key], undefined>>;
};
type Plain<T> = T extends Float64Array
  ? readonly number[]
  : T extends { readonly low: Float64Array; readonly high: Float64Array }
    ? { readonly low: readonly number[]; readonly high: readonly number[] }
    : T;

/** One curve with its area; see {@link OrderResult}. */
export type StoredOrder = Stored<OrderResult>;
type StoredRandom = Stored<RandomOrders>;

/** Deletion or insertion over all evaluated images; see {@link OrderComparison}. */
export interface StoredCurves {
  readonly status: OrderComparison['status'];
  /** Is what no concept explains changed last, so that the full end is the model's own? Absent in evaluations from before. */
  readonly hasRest?: boolean;
  readonly orders: {
    readonly sobol: StoredOrder;
    readonly size: StoredOrder;
    readonly gradient?: StoredOrder;
  };
  readonly random: StoredRandom;
}

/** Banks made again, matched with the explained one. */
export interface StoredStability {
  /** Mean and least cosine over concepts and repetitions, and that with concepts that are not the partner. */
  readonly mean: number;
  readonly min: number;
  readonly unmatched?: number;
  /** The same over the repetitions of one kind alone. */
  readonly seeds: { readonly count: number; readonly mean: number };
  readonly bootstraps: { readonly count: number; readonly mean: number };
  readonly concepts: readonly ConceptStability[];
}

/** Maps of the same concepts when the weights of the model are random; see SanityCheck. */
export interface StoredSanity {
  readonly similarity?: number;
  /** Maps compared, and those that could not be for being flat. */
  readonly maps: number;
  readonly flat: number;
  /** Why there is none: the model has no weights that could be replaced. */
  readonly reason?: string;
}

/** What one number of concepts achieves; see RankEvidence. */
export interface RankPoint {
  readonly r: number;
  /** R² and relative error on rows that the bank has not seen. */
  readonly r2: number;
  readonly relativeError: number;
  /** Mean cosine of matched concepts of two banks made from disjoint rows. */
  readonly stability: number;
  /** Share of all importance that lies with concepts that both banks have (cosine of at least 0.75); absent where nothing moves the logit. */
  readonly importanceMass?: number;
}

/** The evidence for a number of concepts, and the number it argues for. */
export interface RankCurve {
  readonly points: readonly RankPoint[];
  readonly suggested: number;
}

/** How far concepts move with the sample of images, and what they rest on; by concept in the order of the bank. */
export interface StoredInfluence {
  /** How the derivative of the bank ended, see ImageDerivative. */
  readonly status: 'solved' | 'near-degenerate' | 'not-at-minimum' | 'not-solved';
  /** What the spread comes from: the derivative, or bootstrap refits where that does not hold. */
  readonly source: 'jackknife' | 'refits';
  /** Share of the rows that may change their support. */
  readonly nearDegenerate: number;
  /** Backend of TensorFlow.js, or 64 bits in plain loops. */
  readonly computedOn: 'tensorflow' | 'wasm' | 'cpu' | 'float64';
  /** Rows of activations that were looked at. */
  readonly rows: number;
  readonly concepts: readonly ConceptBasis[];
}

/** Spread over fits of one kind from other seeds: standard deviation, and how many fits it is of. */
export interface FitSpread {
  readonly deviation: number;
  readonly fits: number;
}

/** What one concept rests on. */
export interface ConceptBasis {
  /** Standard error of its direction over samples of images, in units of its length. */
  readonly spread: number;
  /** What to expect of its cosine with the same concept from another sample as large. */
  readonly cosine: number;
  /** 95 % interval of its importance, the movement of the concepts with it. */
  readonly importance: { readonly low: number; readonly high: number };
  /** How far its importance lies apart between fits of the same images; absent in runs from before it was looked at. */
  readonly betweenFits?: FitSpread;
  /** The images that move it most, the strongest first, each with its share of all movement; none where unknown. */
  readonly images: readonly { readonly image: number; readonly share: number }[];
}

/** Everything that is measured of an explanation. */
export interface Evaluation {
  readonly level: EvaluationLevel;
  /** Images whose curves were drawn, spread evenly over those of the run. */
  readonly images: number;
  readonly hitRate: HitRate;
  readonly reconstruction: ReconstructionError;
  readonly fidelity: Stored<Omit<Fidelity, 'leftOut'>>;
  readonly deletion: StoredCurves;
  readonly insertion: StoredCurves;
  /** Why there is no order by gradient: an operator of the head has no derivative. */
  readonly noGradient?: string;
  readonly muFidelity: Stored<MuFidelity>;
  readonly stability: StoredStability;
  /** Absent where hardly any image is left out, and in evaluations from before it was looked at. */
  readonly heldOut?: HeldOut;
  readonly sparsity: readonly Stored<ConceptSparsity>[];
  readonly collinearity: Collinearity;
  readonly sanity: StoredSanity;
  readonly rank?: RankCurve;
  /** Other cuts and numbers of concepts; absent where they were not compared. */
  readonly frontier?: Frontier;
  /** Absent of sparse and refined concepts, and in runs from before it was looked at. */
  readonly influence?: StoredInfluence;
}

/** What the traffic light looks at. */
export function trustEvidence(evaluation: Evaluation): TrustEvidence {
  const { fidelity, deletion, insertion, muFidelity, sanity, ...rest } = evaluation;
  return {
    hitRate: rest.hitRate,
    reconstruction: rest.reconstruction,
    fidelity: { agreement: fidelity.agreement, logitR2: fidelity.logitR2 },
    deletion: deletion.orders.sobol,
    insertion: insertion.orders.sobol,
    muFidelity: { mean: muFidelity.mean },
    stability: rest.stability,
    sanity: { similarity: sanity.similarity },
    collinearity: rest.collinearity,
  };
}
