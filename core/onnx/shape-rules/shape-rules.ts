import { elementwiseRules } from './elementwise.ts';
import { movementRules } from './movement.ts';
import { productRules } from './products.ts';
import { reductionRules } from './reductions.ts';
import type { ShapeRule } from './rule.ts';
import { windowRules } from './windows.ts';

/** The shape rule of every standard operator that has one. */
export const shapeRules: ReadonlyMap<string, ShapeRule> = new Map([
  ...elementwiseRules,
  ...windowRules,
  ...productRules,
  ...reductionRules,
  ...movementRules,
]);
