import { countOf, countText, listText } from './count-text.ts';

const TAKEN_AS = {
  white: 'laid on white',
  black: 'laid on black',
  drop: 'taken in the colours stored under them',
} as const;

/** Says of a project that a browser sent where changes of it go. */
export function copyNotice(folder: string): string {
  return `This project is a copy of the folder that was dropped. What is run and changed here stays in the copy, ${folder}, on the computer that serves this window; the dropped folder remains as it was.`;
}

/** Says what became of transparent pixels: it changes what the model sees, and training mostly leaves alpha out. */
export function transparencyText(images: number, alpha: keyof typeof TAKEN_AS): string {
  const usual = alpha === 'drop' ? '' : '; most training leaves alpha out';
  return `${countOf(images, 'image has', 'images have')} transparent pixels, which were ${TAKEN_AS[alpha]}${usual}.`;
}

/** "2 of the 40 images were changed and 1 is missing since the run". */
export function changedImagesText(changed: number, missing: number, images: number): string {
  const parts = [
    ...(changed > 0 ? [`${countText(changed)} ${changed === 1 ? 'was' : 'were'} changed`] : []),
    ...(missing > 0 ? [`${countText(missing)} ${missing === 1 ? 'is' : 'are'} missing`] : []),
  ];
  return `Of the ${countOf(images, 'image')} of the run ${listText(parts)} since`;
}

/** What is to be said of a run whose inputs are no longer those that it was made on, a sentence each; none where they are. */
export function inputNotices(inputs: {
  readonly isKnown: boolean;
  readonly changed: number;
  readonly missing: number;
  readonly images: number;
  readonly cards: readonly string[];
}): string[] {
  const { isKnown, changed, missing, images, cards } = inputs;
  return [
    ...(isKnown
      ? []
      : ['This run did not record what its images were: whether they were changed since is not known.']),
    ...(changed + missing > 0
      ? [`${changedImagesText(changed, missing, images)}; the numbers are those of the run.`]
      : []),
    ...cards.map((card) => `${card} was changed since the run; the run's own preprocessing is used.`),
  ];
}
