import { numberText, percentText } from './number-text.ts';

/** How sure a model is of its answer, "98.2 %"; of a number or a likeness the value with its unit, "34.8 years". */
export function answerText(
  answer: { readonly probability?: number; readonly value?: number },
  unit?: string,
): string {
  if (answer.probability !== undefined) return percentText(answer.probability);
  if (answer.value === undefined) return '';
  return unit === undefined ? numberText(answer.value) : `${numberText(answer.value)}\u00a0${unit}`;
}
