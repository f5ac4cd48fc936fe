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

/** Why an interval is left out that has all that is possible in it. */
const ALL_POSSIBLE = 'there are so few participants or pictures that the interval is as wide as can be';

/** A figure with its interval cut to what can be; one that is as wide as that says nothing, and is left out. */
export function withinBounds(figure: StudyFigure, least: number, most: number): StudyFigure {
  if (figure.interval === null) return figure;
  const low = Math.max(least, figure.interval.low);
  const high = Math.min(most, figure.interval.high);
  if (low === least && high === most) return { ...figure, interval: null, reason: ALL_POSSIBLE };
  return { ...figure, interval: { low, high } };
}

/** The mean over participants with its interval by Student's t; `none` says why there is none. */
export function meanFigure(values: readonly number[], none: string): StudyFigure {
  if (values.length === 0) return noFigure(none);
  const { mean, low, high } = meanEstimate(values);
  if (values.length === 1) return { value: mean, interval: null, reason: ONE_PARTICIPANT };
  return { value: mean, interval: { low, high }, reason: null };
}
