import type { MapMethod } from '../attribution/methods.ts';
import type { DeviceChoice } from '../platform.ts';

/** Which of the given images are explained. */
export type ImageSelection =
  /** Those the model predicts as the class (the paper's choice). */
  | 'predicted'
  /** Those in folders named like the class. */
  | 'folder'
  | 'all';

/** Every choice that determines a run's numbers; stored with the run, so that it can be repeated. */
export interface ExplainOptions {
  readonly model: string;
  readonly images: readonly string[];
  /** A class name or index. */
  readonly class: string;
  readonly select: ImageSelection;
  /** Cut tensor; absent: the proposed cut point. */
  readonly layer?: string;
  /** Number of concepts r, or chosen from the evidence. */
  readonly concepts: number | 'auto';
  /**
   * What a row of the activation matrix is: a grid position of a whole image, or a pooled crop (the paper). Positions
   * are what the head really reads, so their concepts reproduce its predictions better, at a sixteenth of the cost.
   */
  readonly rows: 'crops' | 'grid';
  /** Side of a crop in pixels of the model's input; absent: 64 at 224, in proportion otherwise. */
  readonly patch?: number;
  readonly design: 'sobol' | 'halton' | 'lhs';
  /** Size N of a design. */
  readonly samples: number;
  /** Independently scrambled designs; their spread is part of the interval. */
  readonly replicates: number;
  /** How concepts are drawn in their example images. @default {@link DEFAULT_MAPS} */
  readonly maps?: readonly MapMethod[];
  /** How thoroughly the explanation is evaluated after the run. @default 'quick' */
  readonly evaluate?: 'none' | 'quick' | 'full';
  /**
   * Splits concepts into parts at earlier cuts: that many levels deep, or where a split proves good (`auto`).
   * @default no splits
   */
  readonly recurse?: number | 'auto';
  /** Parts of a concept. @default {@link DEFAULT_PARTS} */
  readonly parts?: number;
  readonly seed: number;
  readonly device: DeviceChoice;
  /** A labels file; absent: the card beside the model, its metadata, or numbers. */
  readonly labels?: string;
  /** A preset's name or a JSON file; absent: the card beside the model, or a guess that is shown. */
  readonly preprocessing?: string;
}

/** The method that put the demo's concepts best on their painted parts; see the localisation bench. */
export const DEFAULT_MAPS: readonly MapMethod[] = ['gated-gradient'];

/** Parts that a concept is split into when not said otherwise: few enough to be looked at together. */
export const DEFAULT_PARTS = 4;

/** What a run does when nothing is asked for. */
export const DEFAULT_OPTIONS = {
  select: 'predicted',
  concepts: 10,
  rows: 'grid',
  design: 'sobol',
  samples: 128,
  replicates: 4,
  seed: 0,
  device: 'auto',
} as const satisfies Partial<ExplainOptions>;

/** The paper's settings, for comparison with deel-ai/Craft: unscrambled Halton, N = 32, one replicate. */
export const CRAFT_OPTIONS = { design: 'halton', samples: 32, replicates: 1 } as const;
