import { countOf, countText } from './count-text.ts';

/** Ways to move names, as core/images/label-shift.ts has them. */
const MOVED = {
  'drop-first': 'the list seems to begin with a background class that the model lacks',
  'add-first': 'the model seems to begin with a background class that the list lacks',
} as const;

/** Says that class names are off by one: "With the names moved by one 11 of 12 images are …". */
export function labelShiftText({
  shift,
  known,
  hits,
  shiftedHits,
}: {
  readonly shift: string;
  readonly known: number;
  readonly hits: number;
  readonly shiftedHits: number;
}): string {
  const why = MOVED[shift as keyof typeof MOVED];
  return `The class names look off by one: ${countText(hits)} of ${countOf(known, 'image')} are called what their folder says, and ${countText(shiftedHits)} with the names moved by one; ${why}.`;
}

/** Says of a list of names beside a model that it was not taken, and why. */
export function labelMisfitText(
  { names, classes, shift }: { readonly names: number; readonly classes: number; readonly shift?: string },
  source: string,
): string {
  const why = shift === undefined ? '' : `; ${MOVED[shift as keyof typeof MOVED].replace('seems to', 'may')}`;
  return `${source} has ${countOf(names, 'name')} for ${countOf(classes, 'class', 'classes')} and is not taken${why}.`;
}
