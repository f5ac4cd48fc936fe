import { normalQuantile } from './normal-distribution.ts';

/** How well somebody tells two kinds of things apart, and towards which answer they lean. */
export interface Detection {
  /** d′: the distance of the two kinds in standard deviations; 0 tells nothing, below 0 the wrong way round. */
  readonly sensitivity: number;
  /** c: 0 leans to neither answer, above 0 to "no", below to "yes". */
  readonly criterion: number;
}

/** What was answered to things of the two kinds. */
export interface DetectionCounts {
  /** Things of the kind asked for, and those of them that were called so. */
  readonly signals: number;
  readonly hits: number;
  /** Things of the other kind, and those of them that were called the kind asked for. */
  readonly others: number;
  readonly falseAlarms: number;
}

/**
 * d′ and criterion of answers yes or no; undefined where either kind is missing.
 *
 * Method  0.5 is added to each count of "yes" and 1 to each number of things (log-linear), so that all or none right gives
 *         a finite figure; it draws figures of few things towards 0.
 * Source  Green and Swets 1966; Hautus 1995 for the correction.
 */
export function detectionOf({ signals, hits, others, falseAlarms }: DetectionCounts): Detection | undefined {
  if (signals === 0 || others === 0) return undefined;
  const hit = normalQuantile((hits + 0.5) / (signals + 1));
  const alarm = normalQuantile((falseAlarms + 0.5) / (others + 1));
  return { sensitivity: hit - alarm, criterion: -(hit + alarm) / 2 };
}
