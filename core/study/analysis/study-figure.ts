import { meanEstimate } from '../../metrics/mean-interval.ts';

/** Ends of a 95 % interval. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** A figure of a study. What is not known is null, and `reason` says why. */
export interface StudyFigure {
  readonly value: number | null;
  readonly interval: Ends | null;
  readonly reason: string | null;
}

/** Something of several figures that is known as a whole or not at all. */
export type Known<T> =
  { readonly value: T; readonly reason: null } | { readonly value: null; readonly reason: string };

/** Something that is known. */
export function known<T>(value: T): Known<T> {
  return { value, reason: null };
}

/** Something that is not known, and why. */
export function notKnown(reason: string): { readonly value: null; readonly reason: string } {
  return { value: null, reason };
}

/** A figure of which nothing is known, not even its value. */
export function noFigure(reason: string): StudyFigure {
  return { value: null, interval: null, reason };
}

/** Why there is no interval over participants. */
export const ONE_PARTICIPANT = 'one participant says nothing of others';

/** The mean over participants with its interval by Student's t; `none` says why there is none. */
export function meanFigure(values: readonly number[], none: string): StudyFigure {
  if (values.length === 0) return noFigure(none);
  const { mean, low, high } = meanEstimate(values);
  if (values.length === 1) return { value: mean, interval: null, reason: ONE_PARTICIPANT };
  return { value: mean, interval: { low, high }, reason: null };
}
