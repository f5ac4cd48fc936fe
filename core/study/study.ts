/*
 * A study: what people are shown, in which conditions, and what is worked out from their answers. It is settled whole and
 * frozen before the first participant. All pictures lie ready in its folder, so that taking part needs neither model nor run.
 *
 * Protocol: CRAFT (arXiv 2211.10154), Colin, Fel, Cadène and Serre (NeurIPS 2022) for utility; Chang et al. (2009) for intruders.
 */

/** Kinds of test: predict the model; find the crop of another concept; say which of two galleries is clearer. */
export const STUDY_KINDS = ['utility', 'intruder', 'choice'] as const;
export type StudyKind = (typeof STUDY_KINDS)[number];

/** What participants of a utility study are shown while they learn, besides methods of `core/attribution/methods.ts`. */
export const OWN_CONDITIONS = ['control', 'concepts', 'concept-maps'] as const;

/** A run that a study draws on. */
export interface StudyRun {
  readonly id: string;
  /** SHA-256 over the run's `run.json` (less names and times that people change) and its arrays: a changed run voids the study. */
  readonly sha256: string;
  readonly className: string;
}

/** A picture file of the study, inside its folder `pictures/`, named by its own hash. */
export interface StudyPicture {
  /** SHA-256 in hexadecimal; the file is `pictures/SHA256.EXT`. */
  readonly sha256: string;
  readonly extension: 'jpg' | 'png';
  readonly width: number;
  readonly height: number;
  /** For screen readers; says nothing that gives the answer away. */
  readonly alt: string;
}

/** One part of an explanation as it is shown. */
export type Panel =
  | { readonly kind: 'map'; readonly title: string; readonly picture: StudyPicture }
  | {
      readonly kind: 'gallery';
      readonly concept: string;
      readonly title: string;
      readonly crops: readonly StudyPicture[];
    }
  | { readonly kind: 'amounts'; readonly title: string; readonly rows: readonly AmountRow[] };

/** How much of a concept a picture has, and what that adds to the score of the first answer against the second. */
export interface AmountRow {
  readonly concept: string;
  readonly name: string;
  /** 1 is the largest amount among the pictures of the run. */
  readonly amount: number;
  /** In raw score; null where it is not known. */
  readonly contribution: number | null;
}

/** A picture whose answer by the model is learnt or predicted. */
export interface UtilityItem {
  readonly id: string;
  readonly picture: StudyPicture;
  /** Of the file that it was made from. */
  readonly source: { readonly file: string; readonly sha256: string };
  /** What the *model* says: index into `answers`. */
  readonly answer: 0 | 1;
  /** How sure the model is: |difference of the two raw scores|; and its third of all drawn pictures, hard ones first. */
  readonly margin: number;
  readonly stratum: 0 | 1 | 2;
  /** Null where nobody knows. */
  readonly isMistake: boolean | null;
  /** What each condition shows beside the picture while learning; only of pictures that are learnt from. */
  readonly shown: Readonly<Record<string, readonly Panel[]>>;
}

/** Pictures of one session: learnt first, then predicted. Disjoint over the whole study. */
export interface UtilitySession {
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/** Which of five crops is of another concept? */
export interface IntruderItem {
  readonly id: string;
  readonly concept: string;
  readonly name: string;
  readonly isPart: boolean;
  /** In the order shown before shuffling by participant; the last one is the intruder. */
  readonly crops: readonly StudyPicture[];
  readonly intruderConcept: string;
}

/** Which of two galleries shows one clear thing? The first is of the concept, the second of its part. */
export interface ChoiceItem {
  readonly id: string;
  readonly concept: string;
  readonly name: string;
  readonly part: string;
  readonly partName: string;
  readonly galleries: readonly [readonly StudyPicture[], readonly StudyPicture[]];
}

/** Pictures and questions of a kind of study. */
export type StudyMaterial =
  | {
      readonly kind: 'utility';
      /** Names of the two answers: two classes, or a class and "not" it. */
      readonly answers: readonly [string, string];
      /** Of all pictures drawn half are mistakes of the model, where enough are known. */
      readonly scenario: 'all' | 'failures';
      readonly items: readonly UtilityItem[];
      readonly sessions: readonly UtilitySession[];
      /** Learnt and asked before it counts, with the quiz. */
      readonly practice: UtilitySession;
      /** What a condition shows all the time while learning, beside single pictures: its concepts. */
      readonly legend: Readonly<Record<string, readonly Panel[]>>;
    }
  | { readonly kind: 'intruder'; readonly items: readonly IntruderItem[] }
  | { readonly kind: 'choice'; readonly items: readonly ChoiceItem[] };

/** Whose answers are left out of the analysis; they are counted. */
export interface ExclusionRules {
  /** Tries at the quiz after practice. */
  readonly quizTries: number;
  /** Catch trials that must be answered right, as a share. */
  readonly leastCatchShare: number;
  /** Median time of an answer, in milliseconds. */
  readonly leastMedianMs: number;
}

/** A study as it is frozen. */
export interface Study {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly title: string;
  /** ISO 8601, UTC; when it was frozen. */
  readonly frozen: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly runs: readonly StudyRun[];
  readonly material: StudyMaterial;
  /** Between participants; one, 'all', for intruder and choice. */
  readonly conditions: readonly string[];
  /** Difference that the primary test is about; null for intruder and choice. */
  readonly contrast: { readonly condition: string; readonly against: string } | null;
  /** Planned for each condition. */
  readonly participants: number;
  readonly seed: number;
  readonly rules: ExclusionRules;
  /** The researcher's text; never empty. */
  readonly consent: string;
}

/** A frozen study and what names it: the hash of the canonical JSON of {@link Study}. */
export interface FrozenStudy {
  readonly study: Study;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** Chance of a right answer without knowing anything; null where no answer is right. */
export function chanceOf(material: StudyMaterial): number | null {
  if (material.kind === 'utility') return 1 / 2;
  return material.kind === 'intruder' ? 1 / 5 : null;
}
