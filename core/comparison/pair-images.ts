import type { KnownImage } from './compared-run.ts';

/** Two places, in the first list and in the second, that hold the same picture. */
export type ImagePair = readonly [a: number, b: number];

/** The pictures that two lists have in common, and how they were told. */
export interface PairedImages {
  readonly pairs: readonly ImagePair[];
  /** `content`: files of the same bytes, wherever they lie. `path`: the same file, where a hash is not known of all. */
  readonly by: 'content' | 'path';
}

/**
 * Pairs the pictures of two lists: by the SHA-256 of their bytes where both lists have it of every picture, else by path;
 * a path whose bytes are known to differ is not the same picture. A picture that stands several times in a list is paired
 * once, where it stands first: a copy says nothing new. Order of the first list. O(n + m).
 */
export function pairImages(a: readonly KnownImage[], b: readonly KnownImage[]): PairedImages {
  const isHashed = [...a, ...b].every(({ sha256 }) => sha256 !== undefined);
  const keyOf = ({ file, sha256 }: KnownImage): string => (isHashed ? sha256! : file);
  const places = new Map<string, number>();
  b.forEach((image, place) => {
    const key = keyOf(image);
    if (!places.has(key)) places.set(key, place);
  });
  const pairs: ImagePair[] = [];
  a.forEach((image, place) => {
    const key = keyOf(image);
    const other = places.get(key);
    if (other === undefined) return;
    places.delete(key);
    if (!isChanged(image, b[other])) pairs.push([place, other]);
  });
  return { pairs, by: isHashed ? 'content' : 'path' };
}

function isChanged({ sha256: a }: KnownImage, { sha256: b }: KnownImage): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
