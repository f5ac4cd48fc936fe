/*
 * What a participant's page is told, one step at a time, and what it sends. Nothing in a question says what would be right:
 * catch questions look as all others, and pictures have addresses that say nothing.
 */

/** A picture by its address, below that of the page. */
export interface ShownPicture {
  readonly address: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
}

/** One part of an explanation. */
export type ShownPanel =
  | { readonly kind: 'map'; readonly title: string; readonly picture: ShownPicture }
  | {
      readonly kind: 'gallery';
      readonly concept: string;
      readonly title: string;
      readonly crops: readonly ShownPicture[];
    }
  | { readonly kind: 'amounts'; readonly title: string; readonly rows: readonly ShownAmount[] };

/** How much of a concept a picture has (1 is the most), and what that does. */
export interface ShownAmount {
  readonly concept: string;
  readonly name: string;
  readonly amount: number;
  /** The answer that it speaks for, and how strongly in raw score; null where that is not known or nothing. */
  readonly speaksFor: { readonly answer: string; readonly by: number } | null;
}

/** A picture that was learnt from, or is. */
export interface LearntPicture {
  readonly picture: ShownPicture;
  /** What the model says. */
  readonly answer: string;
  readonly panels: readonly ShownPanel[];
}

/** What a study asks, and in what form; for the instructions. */
export interface StudyTask {
  readonly kind: 'utility' | 'intruder' | 'choice';
  /** The two answers of a utility study; else empty. */
  readonly answers: readonly string[];
  /** What is shown beside pictures while learning, and all the time. */
  readonly shows: readonly ShownPanel['kind'][];
  /** Rounds that count. */
  readonly sessions: number;
  readonly hasPractice: boolean;
  readonly questions: number;
}

/** What is asked of a participant. */
export type ShownQuestion =
  | {
      readonly kind: 'utility';
      readonly picture: ShownPicture;
      readonly answers: readonly string[];
      readonly learnt: readonly LearntPicture[];
      readonly legend: readonly ShownPanel[];
    }
  | { readonly kind: 'intruder'; readonly crops: readonly ShownPicture[] }
  | { readonly kind: 'choice'; readonly galleries: readonly (readonly ShownPicture[])[] };

/** Where in the study a step is: round 0 is the practice; `place` of `count` within its learning or its questions. */
export interface StepPlace {
  readonly session: number;
  readonly sessions: number;
  readonly place: number;
  readonly count: number;
}

/** What a participant sees. */
export type ShownStep =
  | { readonly kind: 'consent'; readonly text: string }
  | { readonly kind: 'instructions'; readonly task: StudyTask }
  | ({
      readonly kind: 'learn';
      readonly learnt: LearntPicture;
      readonly legend: readonly ShownPanel[];
    } & StepPlace)
  | ({
      readonly kind: 'ask';
      readonly part: 'practice' | 'quiz' | 'test';
      /** Of the quiz: which try this is, of how many. */
      readonly attempt: { readonly number: number; readonly of: number } | null;
      readonly asksConfidence: boolean;
      readonly question: ShownQuestion;
    } & StepPlace)
  | { readonly kind: 'pause'; readonly session: number; readonly sessions: number }
  | { readonly kind: 'thanks' }
  | { readonly kind: 'withdrawn' };

/** What the model says of a practice picture, once it was answered. */
export interface PracticeFeedback {
  readonly isCorrect: boolean;
  readonly answer: string;
  /** Told with the answer that settled the quiz, or a try at it. */
  readonly quiz: 'passed' | 'again' | 'failed' | null;
}

/** All that the page shows. */
export interface ParticipantView {
  readonly title: string;
  readonly participant: number;
  /** Index of the step in the participant's way: what the page sends is about it. */
  readonly at: number;
  /** Steps behind, of all. */
  readonly progress: { readonly done: number; readonly of: number };
  readonly step: ShownStep;
  /** Of the next step, so that it is seen whole at once. */
  readonly preload: readonly string[];
  readonly feedback: PracticeFeedback | null;
}

/** What a participant does; `at` is {@link ParticipantView.at}. */
export type ParticipantAction =
  | { readonly kind: 'agree' | 'decline' | 'withdraw' }
  | { readonly kind: 'go-on'; readonly at: number }
  | {
      readonly kind: 'answer';
      readonly at: number;
      /** From 0, as it stands on the screen. */
      readonly place: number;
      readonly confidence: 1 | 2 | 3 | 4 | 5 | null;
      readonly milliseconds: number;
    };
