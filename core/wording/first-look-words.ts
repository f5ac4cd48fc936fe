import { countOf, countText } from './count-text.ts';

/** Says that concepts are only a first look, and what becomes of them. */
export function firstLookText(
  { images, of }: { readonly images: number; readonly of: number },
  isActive: boolean,
): string {
  const text = `first look: from ${countText(images)} of ${countOf(of, 'image')}`;
  return isActive ? `${text}; those of the run take its place` : `${text}; the run stopped before its own`;
}
