import type { Comparison } from '../comparison/compare-runs.ts';
import { pairImages, type ImagePair } from '../comparison/pair-images.ts';
import { exampleImages } from '../concepts/gallery.ts';
import type { LoadedRun } from './compared-run.ts';

/** Whole images in which a matched concept is shown. */
export const MATCHED_IMAGES = 3;

/** For each concept the images, by place in the explanation, in which its map is shown; none for one that has no match. */
export type ShownImages = ReadonlyMap<number, readonly number[]>;

/** Matched concepts are shown in the same images, those in which both are strong; without any, each in its own. */
export function matchedImages(
  { a, b }: Readonly<Record<'a' | 'b', LoadedRun>>,
  { matches, isPaired }: Pick<Comparison, 'matches' | 'isPaired'>,
): Record<'a' | 'b', ShownImages> {
  const { pairs } = pairImages(a.compared.images, b.compared.images);
  const chosen = matches.map((match) => {
    if (!isPaired)
      return {
        a: exampleImages(a.explanation.concepts[match.a], MATCHED_IMAGES),
        b: exampleImages(b.explanation.concepts[match.b], MATCHED_IMAGES),
      };
    const strength = ([first, second]: ImagePair): number =>
      Math.min(a.compared.strengths[first][match.a], b.compared.strengths[second][match.b]);
    const best = [...pairs].sort((x, y) => strength(y) - strength(x)).slice(0, MATCHED_IMAGES);
    return { a: best.map(([image]) => a.places[image]), b: best.map(([, image]) => b.places[image]) };
  });
  return {
    a: new Map(matches.map((match, at) => [match.a, chosen[at].a])),
    b: new Map(matches.map((match, at) => [match.b, chosen[at].b])),
  };
}
