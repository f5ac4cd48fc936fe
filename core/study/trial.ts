/** What a trial counts for. `practice` and `quiz` come before the sessions and are in no figure. */
export const TRIAL_KINDS = ['practice', 'quiz', 'test', 'catch'] as const;
export type TrialKind = (typeof TRIAL_KINDS)[number];

/** One answered question: a row of `trials.csv`. */
export interface Trial {
  /** A number of the study, which says nothing of the person. */
  readonly participant: number;
  readonly condition: string;
  /** 1, 2, …; 0 for practice and quiz. */
  readonly session: number;
  /** 1, 2, … over everything that the participant was asked. */
  readonly trial: number;
  readonly kind: TrialKind;
  /** Item of the study's material. */
  readonly item: string;
  /** SHA-256 of the picture that was asked about; of the odd crop for intruders, empty for choices. */
  readonly picture: string;
  /** Concept that the question is about, for intruders and choices. */
  readonly concept: string | null;
  /** What would be right: index of the answer or of the crop; null for choices. */
  readonly answer: number | null;
  /** What was said: index of the answer, of the crop (in the item's own order), or of the gallery (0 the concept, 1 its part). */
  readonly response: number;
  /** Null for choices. */
  readonly isCorrect: boolean | null;
  /** 1 (a guess) to 5 (certain); null where it is not asked. */
  readonly confidence: 1 | 2 | 3 | 4 | 5 | null;
  readonly milliseconds: number;
}

/** A participant: a row of `participants.csv`, less what is worked out from the trials. */
export interface Participant {
  readonly participant: number;
  readonly condition: string;
  readonly status: 'started' | 'finished' | 'withdrawn';
  /** Null where there is none (intruder, choice), or it was not reached. */
  readonly isQuizPassed: boolean | null;
}

/** All that a study's participants answered; a withdrawn one has no trials. */
export interface StudyData {
  /** Of the study that was answered. */
  readonly study: string;
  readonly participants: readonly Participant[];
  readonly trials: readonly Trial[];
}
