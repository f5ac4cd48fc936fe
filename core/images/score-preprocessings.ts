import type { Matrix } from '../linalg/matrix.ts';
import { rowView } from '../linalg/matrix.ts';

/** What a model says about the same few pictures under one preprocessing. */
export interface PreprocessingTrial<Name extends string = string> {
  readonly name: Name;
  /** [pictures, classes]. */
  readonly logits: Matrix;
}

export interface PreprocessingScore<Name extends string = string> {
  readonly name: Name;
  /** Mean over pictures of the largest softmax probability, 0…1. */
  readonly confidence: number;
  /** Share of the pictures with a known class whose largest logit is that class; undefined when none is known. */
  readonly hitRate: number | undefined;
}

/**
 * Ranks preprocessings by what the model says under each, best first: by hit rate where the classes of pictures are
 * known (`expected[i]`, undefined where not), then by mean confidence. A guess, for people to confirm: a model can be
 * sure and wrong. Logits that are not finite count as no confidence.
 */
export function scorePreprocessings<Name extends string>(
  trials: readonly PreprocessingTrial<Name>[],
  expected: readonly (number | undefined)[] = [],
): PreprocessingScore<Name>[] {
  return trials
    .map(({ name, logits }) => ({ name, ...score(logits, expected) }))
    .sort((a, b) => (b.hitRate ?? 0) - (a.hitRate ?? 0) || b.confidence - a.confidence);
}

function score(logits: Matrix, expected: readonly (number | undefined)[]) {
  let confidence = 0;
  let hits = 0;
  let known = 0;
  for (let row = 0; row < logits.rows; row++) {
    const top = topClass(rowView(logits, row));
    confidence += top.probability / logits.rows;
    if (expected[row] === undefined) continue;
    known++;
    if (top.index === expected[row]) hits++;
  }
  return { confidence, hitRate: known === 0 ? undefined : hits / known };
}

/** The class with the largest logit of each picture; the one place where a decision is taken from logits here. */
export function likeliest(logits: Matrix): number[] {
  return Array.from({ length: logits.rows }, (_, row) => topClass(rowView(logits, row)).index);
}

function topClass(logits: Float32Array): { index: number; probability: number } {
  let index = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[index]) index = i;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - logits[index]);
  return { index, probability: Number.isFinite(sum) ? 1 / sum : 0 };
}
