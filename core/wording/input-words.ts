import { countOf } from './count-text.ts';

const TAKEN_AS = {
  white: 'laid on white',
  black: 'laid on black',
  drop: 'taken in the colours stored under them',
} as const;

/** Says what became of transparent pixels: it changes what the model sees, and training mostly leaves alpha out. */
export function transparencyText(images: number, alpha: keyof typeof TAKEN_AS): string {
  const usual = alpha === 'drop' ? '' : '; most training leaves alpha out';
  return `${countOf(images, 'image has', 'images have')} transparent pixels, which were ${TAKEN_AS[alpha]}${usual}.`;
}
