import { MAP_METHOD_NAMES, MAP_METHODS, type MapMethod } from '../../attribution/methods.ts';
import { TesseraError } from '../../errors.ts';
import { nearestNames } from '../../nearest-names.ts';
import { OWN_CONDITIONS } from '../../study/study.ts';
import type { TargetMethod } from '../draw-targets.ts';

/** Every condition that participants of a utility study can be in. */
export const STUDY_CONDITIONS: readonly string[] = [
  ...OWN_CONDITIONS,
  ...MAP_METHOD_NAMES.filter(isTargetMethod),
];

/** The conditions of a study where none are named. */
export const USUAL_CONDITIONS: readonly string[] = ['control', 'grad-cam', 'concept-maps'];

/** Does a condition show maps of the score by a method? */
export function isTargetMethod(name: string): name is TargetMethod {
  if (!Object.hasOwn(MAP_METHODS, name)) return false;
  const method = name as MapMethod;
  return method !== 'upsampled-coefficients' && method !== 'gated-gradient';
}

/** Throws 'unknown-name' for a condition that there is not. */
export function checkConditions(conditions: readonly string[]): void {
  const strange = conditions.find((name) => !STUDY_CONDITIONS.includes(name));
  if (strange === undefined) return;
  const drawsConcepts = Object.hasOwn(MAP_METHODS, strange);
  throw new TesseraError('unknown-name', `There is no condition "${strange}".`, {
    hint: drawsConcepts
      ? `${MAP_METHODS[strange as MapMethod].title} draws concepts, not the score: take concept-maps.`
      : `Near to it: ${nearestNames(strange, STUDY_CONDITIONS).join(', ')}. All: ${STUDY_CONDITIONS.join(', ')}.`,
  });
}

/** The primary contrast where none is named: the last condition against Grad-CAM, saliency or control. */
export function usualContrast(
  conditions: readonly string[],
): { readonly condition: string; readonly against: string } | null {
  const condition = conditions.at(-1);
  if (condition === undefined || conditions.length < 2) return null;
  const others = conditions.slice(0, -1);
  const against = ['grad-cam', 'saliency', 'control'].find((name) => others.includes(name)) ?? others[0];
  return { condition, against };
}
