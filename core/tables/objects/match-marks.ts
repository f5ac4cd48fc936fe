import { createFinder, MATCH_WAYS, type KnownPicture, type Match, type MatchWay } from '../match-pictures.ts';
import { examples, type Examples } from '../examples.ts';
import type { MarkedPicture } from './marked-picture.ts';

/** Which pictures marks are of. */
export interface MatchedMarks {
  /** The place of each picture that has marks, and these. A picture with several has the first. */
  readonly found: ReadonlyMap<number, MarkedPicture>;
  /** Marks of none of the pictures. */
  readonly strangers: Examples;
  /** Marks that name several pictures: they are taken for none of them. */
  readonly ambiguous: Examples;
}

/**
 * Matches marks with all pictures in the one way by which most are found, see {@link createFinder}. Where several pictures have
 * the name, the folder that the marks name decides, else nothing does.
 */
export function matchMarks(marks: readonly MarkedPicture[], pictures: readonly KnownPicture[]): MatchedMarks {
  const { candidates, inFolder } = createFinder(pictures);
  const matchOf = ({ file, folder }: MarkedPicture, way: MatchWay): Match => {
    const named = candidates(file, way);
    const meant = named.length > 1 && folder !== undefined ? inFolder(named, folder) : named;
    return named.length > 0 && meant.length !== 1 ? 'ambiguous' : meant[0];
  };
  const ways = MATCH_WAYS.map((way) => marks.map((mark) => matchOf(mark, way)));
  const count = (matches: readonly Match[]): number =>
    matches.filter((match) => typeof match === 'number').length;
  const best = ways.reduce((most, one) => (count(one) > count(most) ? one : most));
  const isUnclear = (_: MarkedPicture, at: number): boolean =>
    ways.some((matches) => matches[at] === 'ambiguous');
  const found = new Map<number, MarkedPicture>();
  marks.forEach((mark, at) => {
    const match = best[at];
    if (typeof match === 'number' && !found.has(match)) found.set(match, mark);
  });
  const left = marks.filter((_, at) => typeof best[at] !== 'number');
  const unclear = new Set(marks.filter(isUnclear));
  return {
    found,
    strangers: examples(left.filter((mark) => !unclear.has(mark)).map(({ file }) => file)),
    ambiguous: examples(left.filter((mark) => unclear.has(mark)).map(({ file }) => file)),
  };
}
