/** What a participant comes to, one after the other. */
export type Step =
  | { readonly kind: 'consent' }
  | { readonly kind: 'instructions' }
  /** Picture, the model's answer and the condition's explanation; at one's own pace. */
  | { readonly kind: 'learn'; readonly session: number; readonly item: string }
  /** A question that counts; `trial` as in {@link Trial}. What was learnt in the session stays open beside it. */
  | {
      readonly kind: 'ask';
      readonly session: number;
      readonly trial: number;
      readonly as: 'practice' | 'quiz' | 'test' | 'catch';
      readonly item: string;
      /** Places of the crops or galleries on the screen: `order[place]` is the index in the item's own order; null for utility. */
      readonly order: readonly number[] | null;
    }
  | { readonly kind: 'pause'; readonly session: number }
  | { readonly kind: 'thanks' };

/** All of one participant: worked out from the study and the number alone, so that it can be resumed anywhere. */
export interface ParticipantPlan {
  readonly participant: number;
  readonly condition: string;
  readonly steps: readonly Step[];
}
