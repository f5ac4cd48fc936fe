import type { ExchangeName } from '../metrics/cues.ts';
import type { AlphaHandling } from '../platform.ts';
import type { NamedAnswer } from '../score/named-answer.ts';
import type { ScoreRecord } from '../score/score-record.ts';
import type { HitRate } from '../metrics/hit-rate.ts';

/*
 * The result of one run, as the project stores it, the report prints it and the window shows it: everything
 * but the large arrays, which lie beside it in a safetensors file under the names given here.
 */

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A rectangle in pixels of the fitted picture (the square the model sees): left, top, width, height. */
export type Box = readonly [left: number, top: number, width: number, height: number];

/** A place in a picture where a concept is strong. */
export interface CropRef {
  /** Index into {@link Explanation.images}. */
  readonly image: number;
  readonly box: Box;
  /** How much of the concept is there (row of U), in units of the activation. */
  readonly coefficient: number;
}

/** One picture of the run. */
export interface ImageRecord {
  readonly file: string;
  /** What the model says: class or side, its name, and its probability or, where it tells none, the value. */
  readonly predicted: NamedAnswer;
  /** The score that is explained, by the model and from the reconstructed activations. */
  readonly logit: number;
  readonly reconstructedLogit: number;
  /** Does the reconstructed activation lead the model to the same class? */
  readonly agrees: boolean;
}

/** A direction in the activations that the model reacts to: how much it matters, and where it is strongest. */
export interface Concept {
  /** Stable within a run: "c0", "c1", … in order of the bank, not of the rank. */
  readonly id: string;
  readonly name: string;
  /** Sobol total index on the class logit, mean over images, with its interval. */
  readonly importance: Estimate;
  /** Concepts that share a number cannot be told apart by importance; 0 is the most important group. */
  readonly tier: number;
  /**
   * By how much the model's own score falls when the concept is taken out, mean over images; below 0 it rises: the concept
   * holds it down. Absent of parts and merges, and in runs from before it was looked at.
   */
  readonly effect?: number;
  /** Share of the explained images in which the concept is present, 0…1. */
  readonly prevalence: number;
  /** Strongest crops first, at most one an image. */
  readonly crops: readonly CropRef[];
  /** Ids of the concepts that a person merged into this one, itself first; never of a run as it is stored. */
  readonly merged?: readonly string[];
}

/** What a bank keeps of images that it was not made on. */
export type StandInShares = {
  /** R² of the activations. */
  readonly r2: number;
  /** R² of the leading scores of the model, each in units of its own deviation. */
  readonly headR2: number;
};

/** How a bank was refined so that the model says the same of its reconstructions. */
export type RefinedFigures = {
  readonly before: StandInShares;
  readonly after: StandInShares;
  /** Images that the figures are of, which neither bank has seen, and those that both were made on. */
  readonly images: number;
  readonly madeOn: number;
  /** Leading scores that count. */
  readonly scores: number;
  /** The bank taken is one that was made of all images, those of the figures included. */
  readonly ofAll?: boolean;
  /** Weight of the scores' error beside the activations'; 0 where nothing tried was better, and a bank without refining is taken. */
  readonly weight: number;
  /** What the best that was tried keeps of the same images, where that is no more than before. */
  readonly refused?: StandInShares;
  readonly steps: number;
  /** Cosine of every row of the bank with its start. */
  readonly cosines: readonly number[];
};

/** How a bank was made. */
interface Factorization {
  readonly method: 'nmf' | 'semi-nmf';
  readonly status: string;
  readonly iterations: number;
  readonly rows: number;
}

/** A class, by its index, and how many images of it there are. */
export type ClassCount = { readonly index: number; readonly images: number };

/** The factorisation of a run's bank. */
interface BankFactorization extends Factorization {
  /** Absent where a place may have any number of concepts. */
  readonly kind?: 'sparse';
  /** How many concepts a place has at most, where that is limited. */
  readonly active?: number;
  /** Of a bank that runs of other classes have too: what names it, and the images of each class that it was made of. */
  readonly shared?: { readonly bank: string; readonly classes: readonly ClassCount[] };
  /** Absent where the bank was not refined. */
  readonly refined?: RefinedFigures;
}

/** How importance was estimated. */
export interface Importance {
  readonly design: string;
  /** Size N of a replicate, number of replicates, and forward evaluations of the head in all. */
  readonly samples: number;
  readonly replicates: number;
  readonly evaluations: number;
  /** 'sampled', or 'exact' where the head is affine in the concepts. */
  readonly method: 'sampled' | 'exact';
  /** Explained images whose score no concept moves; absent in runs from before they were counted. */
  readonly still?: number;
}

/** How faithful the factorisation is to the activations and to the model. */
export interface Reconstruction {
  /** 1 - ‖A - UW‖² / ‖A - mean(A)‖², over all rows and channels; below 0 is worse than the mean. */
  readonly r2: number;
  /** ‖A - UW‖ / ‖A‖. */
  readonly relativeError: number;
  /** Share of images on which argmax h(UW) equals the model's prediction, 0…1. */
  readonly agreement: number;
}

/** A concept decomposed into parts at an earlier cut (recursion: CRAFT, section 3.2). */
export interface Decomposition {
  /** Id of the concept, or of the part, that was decomposed. */
  readonly parent: string;
  readonly layer: LayerRecord;
  /** Was it asked for, rather than found worth keeping? */
  readonly isChosen: boolean;
  /** The images in which the parts were looked for, as indices into {@link Explanation.images}. */
  readonly images: readonly number[];
  readonly factorization: Factorization;
  /** How well the parts rebuild the activations at `layer`, over the places of the parent alone. */
  readonly reconstruction: Omit<Reconstruction, 'agreement'>;
  /**
   * How well the rebuilt activations, sent on to the parent's layer, bring the parent's coefficients back, over all its
   * positions in these images; `r2` and `relativeError` as of a reconstruction.
   */
  readonly reproduction: Omit<Reconstruction, 'agreement'>;
  /** Mean cosine of the parts with those found in halves of the images, matched one to one; 0…1. */
  readonly stability: number;
  readonly importance: Importance;
  /**
   * The most important for the parent first. Ids are the parent's with the row of the parts' bank ("c3-1"), `importance`
   * is the total index on the parent's mean coefficient where it is, `prevalence` the share of `images`.
   */
  readonly parts: readonly Concept[];
  readonly maps?: MapRecord;
}

/** A file that could not be used, and why, in a few words. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** Where the model was cut. */
export interface LayerRecord {
  readonly tensor: string;
  /** Shape with batch 1. */
  readonly shape: readonly number[];
  readonly kind: 'spatial' | 'tokens' | 'vector';
  /** Position of the channel axis in `shape`. */
  readonly channelAxis: number;
  /** Number of positions along height and width; tokens that form no grid give [1, T]; a vector [1, 1]. */
  readonly grid: readonly [rows: number, columns: number];
  /** Share of the model's multiplications that happen before the cut, 0…1. */
  readonly computeShare: number;
}

/** One way in which the concepts were drawn in their example images. */
export interface MapRecord {
  /** A name of MAP_METHODS. */
  readonly method: string;
  /** The method that was asked for where another had to stand in, and why. */
  readonly insteadOf?: { readonly method: string; readonly reason: string };
  /** The cut that the method looks at, if it looks at one. */
  readonly layer?: string;
  /** Share of the differentiated positions whose active set is nearly degenerate: there a small change turns a concept on or off. */
  readonly nearDegenerate?: number;
}

/** What becomes of the decisions when one concept is taken out of every image. */
export interface ConceptRemoval {
  /** Id of the concept. */
  readonly concept: string;
  /** The images that are decided otherwise without it, by their index, and what they are then called. */
  readonly flips: readonly {
    readonly image: number;
    readonly to: { readonly index: number; readonly name: string };
  }[];
}

/** One picture that its folder contradicts, with what each concept has to do with it. */
export interface ExplainedMistake {
  readonly file: string;
  /** The class that the folder names, and the one that the model answers. */
  readonly truth: { readonly index: number; readonly name: string };
  readonly predicted: ImageRecord['predicted'];
  /** Logit of the answer over that of the folder's class; above 0. */
  readonly margin: number;
  /** By how much the margin falls without each concept, the largest change first: above 0 it argues for the mistake. */
  readonly causes: readonly { readonly concept: string; readonly change: number }[];
}

/** Of all images that were looked at, those with pixels that are not opaque. */
export interface Transparency {
  readonly images: number;
  readonly alpha: AlphaHandling;
}

/** What a figure of a shortcut tells, see {@link ShortcutEvidence}. */
export const SHORTCUT_FIGURES = [
  'recurs',
  'moved',
  'left',
  'inside',
  'removed',
  'elsewhere',
  'folder',
] as const;
/** Why a concept is said to be a shortcut. */
export const SHORTCUT_KINDS = [
  'same-place',
  'same-mark',
  'off-object',
  'whole-picture',
  'flips',
  'class-only',
  'folder',
] as const;
/** A kind of {@link SHORTCUT_KINDS}. */
export type ShortcutKind = (typeof SHORTCUT_KINDS)[number];

/**
 * One figure that speaks for a shortcut, with its 95 % interval.
 *
 * - recurs: share of the class's pictures in which a mark looks the same, while what lies around it differs.
 * - moved: share of the other pictures that are called the class once they have the cue from pictures of the class.
 * - left: share of the class's pictures that are called something else once it is taken from them.
 * - inside: share of the concept's amount that lies in the place of the cue; `area` is that of the picture.
 * - removed: share of the explained images that are called something else without the concept.
 * - elsewhere: how much of the concept other pictures have, as a share of what those of the class have.
 * - folder: of the pictures with much of the concept, the share that lies in one `folder`.
 */
export interface ShortcutEvidence {
  readonly kind: ShortcutKind;
  readonly figure: (typeof SHORTCUT_FIGURES)[number];
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Pictures that it was seen on. */
  readonly images: number;
  readonly area?: number;
  readonly folder?: string;
}

/** Something that is not the object and that decisions follow, with the concept that carries it. */
export interface Shortcut {
  /** Id of the concept that most of the movement goes through, and the share of it that does. */
  readonly concept: string;
  readonly carried: number;
  /**
   * Concepts that, taken out of the model, bring back decisions that the cue turned: so many of those of other pictures that
   * were given it. Absent where none helps, where it was painted over, and in runs from before that was tried.
   */
  readonly remedy?: { readonly concepts: readonly string[]; readonly back: number; readonly turned: number };
  /** What was exchanged between pictures. */
  readonly cue: ExchangeName;
  /** There were no other pictures to exchange it with: it was painted over. */
  readonly isPainted: boolean;
  readonly kinds: readonly ShortcutKind[];
  readonly evidence: readonly ShortcutEvidence[];
  /** Share of the class's decisions that change without the cue. */
  readonly flips: number;
}

/** What a look for shortcuts found. */
export interface ShortcutSearch {
  /** Pictures of the class that were looked at, and others; with too few of the former nothing was looked for. */
  readonly images: number;
  readonly others: number;
  readonly found: readonly Shortcut[];
}

/** Everything a run found out, ranked: `concepts[0]` matters most. */
export interface Explanation {
  readonly classIndex: number;
  readonly className: string;
  /** Absent in runs from before scores were recorded, which explain a class of several. */
  readonly score?: ScoreRecord;
  readonly layer: LayerRecord;
  readonly images: readonly ImageRecord[];
  readonly concepts: readonly Concept[];
  readonly reconstruction: Reconstruction;
  readonly factorization: BankFactorization;
  readonly importance: Importance;
  /**
   * Share of the score's movement that involves what no concept explains of the activations (its total index as one more
   * player beside the concepts), mean over `images` of them. Absent where nothing moves the score, and in runs from before
   * it was weighed.
   */
  readonly rest?: Estimate & { readonly images: number };
  readonly skipped: readonly SkippedFile[];
  /** Images with pixels that are not opaque, and what became of those; absent where there were none. */
  readonly transparent?: Transparency;
  /** How the preprocessing came about, for people; absent in a run of an earlier version. */
  readonly preprocessing?: { readonly source: string; readonly reason: string };
  /** Over all images that were looked at, not only the explained ones. Absent in runs from before that was kept. */
  readonly answers?: HitRate;
  /** Images that were given and could be read, explained or not; absent in a run of an earlier version. */
  readonly given?: number;
  /** The first is shown first. Absent in runs from before maps were drawn. */
  readonly maps?: readonly MapRecord[];
  /** In the order of `concepts`. Absent in runs from before it was looked at. */
  readonly removals?: readonly ConceptRemoval[];
  /** Absent in runs from before they were looked for. */
  readonly shortcuts?: ShortcutSearch;
  /** Mistakes about the explained class, the most confident first. Absent in runs from before they were looked at. */
  readonly mistakes?: readonly ExplainedMistake[];
  /**
   * Concepts, and parts of them, that were decomposed; absent where none was. A parent's comes before its parts'. The
   * name is that of schema 1, which `run.json` keeps.
   */
  readonly splits?: readonly Decomposition[];
}
