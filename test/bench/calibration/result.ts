import type { Estimate } from '../../../core/concepts/explanation.ts';
import type { ClaimEvidence } from '../../../core/metrics/claims.ts';
import type { ConceptPlace } from './places.ts';
import type { FaultKind } from './planted-set.ts';

/** A shortcut flag of an explanation. */
interface Flag {
  readonly class: string;
  readonly concept: string;
  readonly kinds: readonly string[];
}

/** A concept of a planted model, in the order of importance. */
export interface PlacedConcept extends ConceptPlace {
  readonly id: string;
  readonly importance: Estimate;
  readonly tier: number;
  readonly effect?: number;
}

/** One line of the results: a class of a planted model as it was explained, and what is true of it. */
export interface Result {
  readonly model: string;
  readonly family: string;
  readonly architecture: string;
  readonly kind: FaultKind;
  /** Of a shortcut. */
  readonly cue?: string;
  readonly class: string;
  /** Is the shortcut in this class? */
  readonly isPlanted: boolean;
  /** Right answers in per cent, over all classes: as shipped, and on unseen scenes without any cue. */
  readonly accuracy: number;
  readonly bareAccuracy: number;
  /** Absent with `problem`: why the class could not be explained. */
  readonly run?: {
    readonly images: number;
    /** What the verdict rests on; the tables grade it, so that other bounds are seen without another run. */
    readonly evidence: ClaimEvidence;
    readonly concepts: readonly PlacedConcept[];
    /** Absent where flags are not looked for. */
    readonly flags?: readonly Flag[];
    readonly seconds: number;
  };
  readonly problem?: string;
}
