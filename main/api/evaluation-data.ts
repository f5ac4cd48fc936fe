import type { EvaluationLevel, RankCurve, StoredCurves } from '../../core/metrics/evaluation.ts';
import type { ClaimId } from '../../core/metrics/claims.ts';
import type { Frontier, FrontierArgument } from '../../core/metrics/frontier.ts';
import type { TrustFigure, TrustLevel } from '../../core/metrics/trust.ts';
import type { PictureId } from './app-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Plain data that crosses from the workbench to its views: how far a run can be trusted, what its mistakes have in
 * common, and the evidence for a number of concepts. See contract.ts.
 */

export type { EvaluationLevel, RankCurve, TrustLevel };

/** Layers, numbers and kinds of concepts compared, with what they are judged by. */
export interface FrontierView extends Frontier {
  readonly bounds: { readonly rest: number; readonly stability: number };
  /** By which rule one is suggested. */
  readonly argument: FrontierArgument;
}

/** One figure in words. */
export interface TrustLamp {
  readonly figure: TrustFigure;
  readonly level: TrustLevel;
  /** Does a claim rest on it? */
  readonly weight: 'decides' | 'shown';
  readonly name: string;
  readonly technical: string;
  /** The value as text, and as a number where there is one. */
  readonly text: string;
  readonly value: number | null;
  readonly meaning: string;
  /** What the level says. */
  readonly says: string;
  /** From where on it is good or fair. */
  readonly bands: string;
}

/** Something beside the object that the model leans on, in words. */
export interface ShortcutItem {
  /** "leans on the top left corner" */
  readonly leans: string;
  /** What speaks for it, and what is not known, a sentence each. */
  readonly evidence: readonly string[];
  /** Ids of the concepts to take out of the model against it. */
  readonly remedy: readonly string[];
}

/** What must hold for an explanation to be trusted, in words. */
export interface TrustClaim {
  readonly id: ClaimId;
  readonly level: TrustLevel;
  readonly name: string;
  /** What is known of it, with figures. */
  readonly reason: string;
  /** What to do about it; empty where nothing is to be done. */
  readonly next: string;
  /** What a run that follows it would change; null where nothing is known to help. */
  readonly setup: {
    readonly layer: string;
    readonly concepts: number;
    readonly bank: 'usual' | 'sparse';
  } | null;
}

interface TrustSummary {
  readonly grade: TrustLevel;
  readonly headline: string;
  readonly advice: string;
  readonly claims: readonly TrustClaim[];
  readonly reasons: readonly string[];
  readonly cautions: readonly string[];
  /** What the model leans on beside the object, with the concept that carries it. */
  readonly shortcuts: readonly (ShortcutItem & { readonly concept: string })[];
  /** What was looked for in vain; empty where that is not to be told. */
  readonly searched: string;
  /** How the figures make the grade. */
  readonly rule: string;
  readonly lamps: readonly TrustLamp[];
}

/** What was measured of one concept. */
export interface ConceptEvaluation {
  readonly concept: string;
  /** Mean and least cosine with its partner in banks made again; null where too few images differ to say it. */
  readonly reliability: number | null;
  readonly worst: number | null;
  /** Hoyer's sparsity 0…1 and the excess kurtosis κ₄ of its coefficients; null where they do not exist. */
  readonly hoyer: number | null;
  readonly kurtosis: number | null;
  readonly isDead: boolean;
  /** Concepts that point the same way. */
  readonly twins: readonly { readonly concept: string; readonly cosine: number }[];
}

/** The figures behind the lamps. */
export interface EvaluationFigures {
  readonly level: EvaluationLevel;
  /** Images whose curves were drawn. */
  readonly images: number;
  readonly deletion: StoredCurves;
  readonly insertion: StoredCurves;
  readonly noGradient: string | null;
  readonly muFidelity: {
    readonly mean: number | null;
    readonly interval: readonly [number, number] | null;
    readonly images: number;
  };
  readonly stability: {
    readonly mean: number;
    readonly unmatched: number | null;
    readonly seeds: { readonly count: number; readonly mean: number };
    readonly bootstraps: { readonly count: number; readonly mean: number };
  };
  /** In the order of the ranking. */
  readonly concepts: readonly ConceptEvaluation[];
  readonly rank: RankCurve | null;
  readonly frontier: FrontierView | null;
}

/** `figures` is null where the run was not evaluated; the summary then knows what the run itself does. */
export interface RunEvaluation extends RunKey {
  readonly trust: TrustSummary;
  readonly figures: EvaluationFigures | null;
}

/** A class of the model, as an analysis names it. */
export interface NamedClass {
  readonly index: number;
  readonly name: string;
}

/** An image that an analysis points at. */
export interface PointedImage {
  readonly image: number;
  readonly fileName: string;
  readonly picture: PictureId;
}

/** Images of one class that the model calls another, with the concepts that set them apart. */
export interface ConfusionStory {
  readonly truth: NamedClass;
  readonly predicted: NamedClass;
  readonly count: number;
  /** The first of them. */
  readonly images: readonly PointedImage[];
  /** What they are compared with. */
  readonly reference: 'predicted' | 'truth' | 'others';
  readonly referenceImages: number;
  /** The largest first; difference of the mean strengths in standard deviations. */
  readonly differences: readonly { readonly concept: string; readonly difference: number }[];
}

/** Images in which a concept is unlike in the others; `score` is a modified z-score. */
export interface OutlierGroup {
  readonly concept: string;
  readonly count: number;
  readonly images: readonly (PointedImage & { readonly score: number })[];
}

/** What the mistakes of the model have in common. */
export interface ErrorAnalysis {
  /** Images in folders that name a class, and those of them that the model calls so. */
  readonly known: number;
  readonly hits: number;
  readonly pairs: readonly ConfusionStory[];
  /** Concepts with outliers, in the order of the ranking. */
  readonly outliers: readonly OutlierGroup[];
}

/** The part of the contract about trust, mistakes and the number of concepts. */
export interface EvaluationApi {
  getEvaluation(query: RunKey): Promise<RunEvaluation>;
  /** Evaluates (again); the event `result` follows. */
  evaluateRun(query: RunKey & { readonly level: EvaluationLevel }): Promise<RunEvaluation>;
  getErrorAnalysis(query: RunKey): Promise<ErrorAnalysis>;
  /** The evidence for a number of concepts, for a finished run or else for the setup. */
  /** Compares layers and numbers of concepts for the run that is set up; null where there is nothing to compare. */
  compareCuts(query: Readonly<Record<never, never>>): Promise<FrontierView | null>;
  weighRanks(query: { readonly run?: RunKey }): Promise<RankCurve>;
}
