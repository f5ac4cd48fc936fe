import type { Explained } from './explained.ts';
import { USUAL_THRESHOLD, type ModelScores } from './model-scores.ts';
import type { Rule } from './rule.ts';
import { logit } from './softmax.ts';

/**
 * The one number per image that a run explains, and the rule by which the model decides. The model of a run gives one
 * column a thing that could be explained; `column` is the one that is.
 */
export interface Score {
  readonly model: ModelScores;
  readonly explained: Explained;
  readonly rule: Rule;
  /** Of the columns, for people. */
  readonly names: readonly string[];
  readonly column: number;
  /** Columns as weights of the raw scores, [K] each; absent where they are the raw scores themselves. */
  readonly columns?: readonly (readonly number[])[];
  /** Do the columns follow the raw scores, instead of taking their place? */
  readonly keepsRaw?: boolean;
}

/** The score behind what is explained. `at` is where a number without a threshold is split in two, for example its mean. */
export function scoreOf(model: ModelScores, explained: Explained, at = 0): Score {
  const { classes, width } = model;
  const unit = (index: number, weight: number): number[] =>
    Array.from({ length: width }, (_, i) => (i === index ? weight : 0));
  const own = { model, explained };
  const largest: Rule = { kind: 'largest', classes: width };
  switch (explained.kind) {
    case 'class':
      return { ...own, rule: largest, names: classes, column: explained.index };
    case 'not': {
      const names = [...classes, notName(classes[explained.index])];
      const columns = [unit(explained.index, -1)];
      return { ...own, rule: largest, names, columns, keepsRaw: true, column: width };
    }
    case 'margin': {
      const { index, against } = explained;
      const lead = unit(index, 1).with(against, -1);
      const names = [...classes, `${classes[index]} rather than ${classes[against]}`];
      return { ...own, rule: largest, names, columns: [lead], keepsRaw: true, column: width };
    }
    case 'side': {
      if (width > 1 && explained.label === undefined) return twoClasses(model, explained);
      const rule: Rule = { kind: 'sides', value: 'upper', ...limitOf(model, at) };
      const label = explained.label ?? 0;
      return {
        ...own,
        rule,
        names: sideNames(model, explained.label),
        columns: [unit(label, -1), unit(label, 1)],
        column: explained.side,
      };
    }
    case 'similarity': {
      const { vector, name } = explained.reference;
      const rule: Rule = { kind: 'sides', value: 'upper', isLogit: false, at: model.threshold ?? at };
      const columns = [vector.map((weight) => -weight), vector];
      return { ...own, rule, names: [`unlike ${name}`, `like ${name}`], columns, column: explained.side };
    }
  }
}

/** A binary model of two logits: the larger wins, unless another threshold was asked for. */
function twoClasses(model: ModelScores, explained: Explained & { readonly kind: 'side' }): Score {
  const { threshold = USUAL_THRESHOLD, classes } = model;
  const rule: Rule =
    threshold === USUAL_THRESHOLD
      ? { kind: 'largest', classes: 2 }
      : { kind: 'sides', value: 'difference', isLogit: true, at: logit(threshold) };
  return { model, explained, rule, names: classes, column: explained.side };
}

function limitOf({ task, threshold }: ModelScores, at: number): { at: number; isLogit: boolean } {
  if (task === 'regression') return { at: threshold ?? at, isLogit: false };
  return { at: logit(threshold ?? USUAL_THRESHOLD), isLogit: true };
}

/** What the two sides of a value are called, the lower first. */
export function sideNames({ task, classes, quantity = 'value' }: ModelScores, label?: number): string[] {
  if (task === 'regression') return [`lower ${quantity}`, `higher ${quantity}`];
  return label === undefined ? [...classes] : [notName(classes[label]), classes[label]];
}

/** What the absence of a class is called. */
export function notName(name: string): string {
  return `not ${name}`;
}
