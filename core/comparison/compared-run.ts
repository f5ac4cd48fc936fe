import type { Estimate } from '../concepts/explanation.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { NamedAnswer } from '../score/named-answer.ts';

/** A picture by what is known of its file. */
export interface KnownImage {
  readonly file: string;
  /** SHA-256 of its bytes; absent in runs from before it was kept. */
  readonly sha256?: string | undefined;
}

/** A picture that a run was given, explained or not, with what the model said of it. */
export interface AnsweredImage extends KnownImage {
  readonly said: NamedAnswer;
  /** Is that what the folder of its file names? Absent where the folder names none of the answers. */
  readonly isRight?: boolean;
}

/** What a model's answers are, as far as two runs must agree for theirs to be compared. */
export interface RunAnswers {
  /** Classes or sides by name; of a number or a likeness its two sides. */
  readonly names: readonly string[];
  /** Is it a number or a likeness, and where is it split; `border` is absent where nothing splits it. */
  readonly number?: { readonly border?: number | undefined };
  /** Absent in runs from before answers were kept. */
  readonly given?: readonly AnsweredImage[];
}

/** One concept of a run. */
export interface ComparedConcept {
  /** Stable within its run. */
  readonly id: string;
  /** As a person called it, else as the run did. */
  readonly name: string;
  /** Over all explained images of its run. */
  readonly importance: Estimate;
  /** The interval of the importance that also holds how far the concept would move with other pictures; absent where that was not looked at. */
  readonly moved?: { readonly low: number; readonly high: number } | undefined;
  /** How far the importance lies apart between fits from other seeds; absent where that was not looked at. */
  readonly betweenFits?: { readonly deviation: number; readonly fits: number } | undefined;
  readonly prevalence: number;
  /** What the model says without it, by place in {@link ComparedRun.images}, where that is another answer. */
  readonly without: ReadonlyMap<number, string>;
}

/**
 * A finished run as far as it is compared with another. n explained images, each once; r concepts in the order of their
 * importance; all arrays have the concepts in that order.
 */
export interface ComparedRun {
  /** Names the model by the hash of its file, and of what lies beside it. */
  readonly model: string;
  /** Tensor at which the model was cut. */
  readonly layer: string;
  /** Places along height and width; [1, 1] where they form no grid. */
  readonly grid: readonly [rows: number, columns: number];
  /** Equal texts: both models see the same part of a picture at the same place. */
  readonly view: string;
  readonly images: readonly KnownImage[];
  readonly concepts: readonly ComparedConcept[];
  /** [r, p] Direction of each concept in the layer. */
  readonly directions: Matrix;
  /** [places of the grid, r] of each image. */
  readonly amounts: readonly Matrix[];
  /** [r] Total index in each image; not finite where no concept moves the score. */
  readonly indices: readonly Float64Array[];
  /** [r] Largest amount in each image as a share of the largest in any image of the run, 0…1. */
  readonly strengths: readonly Float64Array[];
  /** [r] Is the concept present in the image (1) or not (0), as the run's prevalence counts it? */
  readonly present: readonly Uint8Array[];
  readonly answers: RunAnswers;
}
