import { mcnemarExact } from '../metrics/mcnemar.ts';
import { shareEstimate, type ShareEstimate } from '../metrics/wilson.ts';

/** What a model says of an image before an edit and after it; classes by index. */
export interface JudgedImage {
  readonly file: string;
  /** Name of its folder, and the class that this names. */
  readonly folder: string;
  readonly truth: number | undefined;
  readonly before: number;
  readonly after: number;
}

/** How often a model is right on images of a kind, before and after. */
export interface RightCounts {
  readonly name: string;
  readonly images: number;
  readonly before: ShareEstimate & { readonly right: number };
  readonly after: ShareEstimate & { readonly right: number };
}

/** A decision that changed. */
export type ChangedDecision = Pick<JudgedImage, 'file' | 'truth' | 'before' | 'after'>;

/** What an edit does to decisions on some images. */
export interface JudgedDecisions {
  readonly images: number;
  /** Over the images whose folder names a class; absent where none does. */
  readonly all?: RightCounts;
  readonly byClass: readonly RightCounts[];
  readonly byFolder: readonly RightCounts[];
  /** Wrong before and right after, right before and wrong after, and all other decisions that changed. */
  readonly fixed: readonly ChangedDecision[];
  readonly broken: readonly ChangedDecision[];
  readonly otherwise: readonly ChangedDecision[];
  /** McNemar's exact test of the difference in accuracy; absent where no folder names a class. */
  readonly pValue?: number;
}

/** What tells images apart: a column of a table by its values, or whether they hold an object. */
export interface PictureSides {
  /** What it is called. */
  readonly of: string;
  readonly levels: readonly string[];
  /** By file, the place of its level; files of which nothing is known are absent. */
  readonly levelOf: ReadonlyMap<string, number>;
}

/** What an edit does to decisions on images of one level, whose folder names a class; `name` of the counts is the level. */
export interface JudgedSide extends RightCounts {
  readonly of: string;
  readonly fixed: number;
  readonly broken: number;
  /** McNemar's exact test of the difference in accuracy. */
  readonly pValue: number;
}

/** Counts what an edit fixes and breaks on each side; levels without images of a known class are left out. */
export function judgeSides(images: readonly JudgedImage[], sides: readonly PictureSides[]): JudgedSide[] {
  const known = images.filter(({ truth }) => truth !== undefined);
  return sides.flatMap(({ of, levels, levelOf }) =>
    levels.flatMap((level, at): JudgedSide[] => {
      const own = known.filter(({ file }) => levelOf.get(file) === at);
      if (own.length === 0) return [];
      const fixed = own.filter(({ truth, before, after }) => before !== truth && after === truth).length;
      const broken = own.filter(({ truth, before, after }) => before === truth && after !== truth).length;
      return [{ of, ...rightCounts(level, own), fixed, broken, pValue: mcnemarExact(fixed, broken) }];
    }),
  );
}

/** Counts what an edit fixes and breaks; `names` are those of the classes. */
export function judgeDecisions(names: readonly string[], images: readonly JudgedImage[]): JudgedDecisions {
  const known = images.filter(({ truth }) => truth !== undefined);
  const changed = images.filter(({ before, after }) => before !== after);
  const fixed = changed.filter(({ truth, after }) => truth === after);
  const broken = changed.filter(({ truth, before }) => truth === before);
  const otherwise = changed.filter(({ truth, before, after }) => truth !== before && truth !== after);
  return {
    images: images.length,
    ...(known.length > 0 && {
      all: rightCounts('', known),
      pValue: mcnemarExact(fixed.length, broken.length),
    }),
    byClass: grouped(known, ({ truth }) => names[truth!]),
    byFolder: grouped(known, ({ folder }) => folder),
    fixed: fixed.map(decisionOf),
    broken: broken.map(decisionOf),
    otherwise: otherwise.map(decisionOf),
  };
}

const decisionOf = ({ file, truth, before, after }: JudgedImage): ChangedDecision => ({
  file,
  truth,
  before,
  after,
});

function grouped(images: readonly JudgedImage[], nameOf: (image: JudgedImage) => string): RightCounts[] {
  const groups = new Map<string, JudgedImage[]>();
  for (const image of images) groups.set(nameOf(image), [...(groups.get(nameOf(image)) ?? []), image]);
  return [...groups].map(([name, own]) => rightCounts(name, own)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function rightCounts(name: string, images: readonly JudgedImage[]): RightCounts {
  const n = images.length;
  const countOf = (key: 'before' | 'after') => {
    const right = images.filter((image) => image[key] === image.truth).length;
    return { ...shareEstimate(right, n), right };
  };
  return { name, images: n, before: countOf('before'), after: countOf('after') };
}
