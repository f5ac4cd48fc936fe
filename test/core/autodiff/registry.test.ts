import { describe, expect, test } from 'vitest';
import { DIFFERENTIABLE_OPS, RULE_FAMILIES, ruleOf } from '../../../core/autodiff/registry.ts';

describe('the list of rules', () => {
  const listed = Object.values(RULE_FAMILIES).flatMap((family) => Object.keys(family));

  test('no operator stands in two families', () => {
    expect(listed.filter((op, i) => listed.indexOf(op) !== i)).toEqual([]);
  });

  test('every operator of every family is found by its name, and counted once', () => {
    for (const family of Object.values(RULE_FAMILIES))
      for (const [op, rule] of Object.entries(family)) expect(ruleOf(op)).toBe(rule);
    expect(DIFFERENTIABLE_OPS).toEqual([...listed].sort());
  });

  test('ruleOf() knows no operator that is not listed, nor what every object has', () => {
    expect(ruleOf('NonMaxSuppression')).toBeUndefined();
    expect(ruleOf('toString')).toBeUndefined();
  });
});
