/** What a participant comes to, one after the other. */
export type Step =
  | { readonly kind: 'consent' }
  | { readonly kind: 'instructions' }
  /** Picture, the model's answer and the condition's explanation; at one's own pace. Session 0 is the practice. */
  | { readonly kind: 'learn'; readonly session: number; readonly item: string }
  | AskStep
  | { readonly kind: 'pause'; readonly session: number }
  | { readonly kind: 'thanks' };

/** A question. What was learnt in the session stays open beside it. */
export interface AskStep {
  readonly kind: 'ask';
  /** As in {@link Trial}: 0 for practice and quiz. */
  readonly session: number;
  /** As in {@link Trial}. Those of a try at the quiz that is passed over are missing from the data. */
  readonly trial: number;
  readonly as: 'practice' | 'quiz' | 'test' | 'catch';
  /** Of the quiz alone: which try it belongs to, 1, 2, …; see {@link isPassedOver}. */
  readonly attempt?: number;
  readonly item: string;
  /** Places of the crops or galleries on the screen: `order[place]` is the index in the item's own order; null for utility. */
  readonly order: readonly number[] | null;
}

/** All of one participant: worked out from the study and the number alone, so that it can be resumed anywhere. */
export interface ParticipantPlan {
  /** 1, 2, … */
  readonly participant: number;
  readonly condition: string;
  readonly steps: readonly Step[];
}
