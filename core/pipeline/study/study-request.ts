import type { StudyContent } from '../../project/study-folder.ts';
import type { Scenario, UtilitySizes } from '../../study/draw/utility-slots.ts';
import type { ExclusionRules, StudyKind } from '../../study/study.ts';

/** What a study is asked to be. */
export interface StudyRequest {
  readonly kind: StudyKind;
  /** One run; of a utility study also two. */
  readonly runs: readonly string[];
  readonly title?: string | undefined;
  readonly consent: string;
  /** Planned for each condition. @default 20 */
  readonly participants?: number | undefined;
  /** @default 0 */
  readonly seed?: number | undefined;
  readonly rules?: ExclusionRules | undefined;
  /** Of a utility study. @default control, grad-cam and concept-maps */
  readonly conditions?: readonly string[] | undefined;
  /** @default the last condition against Grad-CAM, saliency or control */
  readonly contrast?: { readonly condition: string; readonly against: string } | undefined;
  readonly scenario?: Scenario | undefined;
  readonly sizes?: Partial<UtilitySizes> | undefined;
  /** Of a study of intruders: sets for each concept and part. @default 8 */
  readonly sets?: number | undefined;
}

/** A study ready to be frozen. */
export interface MadeStudy {
  readonly content: StudyContent;
  /** Bytes of its pictures by their hash. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  /** What a researcher should know of how it was drawn, in sentences. */
  readonly notes: readonly string[];
}

/** Sizes of a utility study where none are given. */
export const USUAL_SIZES: UtilitySizes = {
  sessions: 3,
  train: 6,
  test: 8,
  practiceTrain: 4,
  practiceTest: 2,
};

/** Whose answers are left out where nothing else is said. */
export const USUAL_RULES: ExclusionRules = { quizTries: 2, leastCatchShare: 0.5, leastMedianMs: 1000 };
