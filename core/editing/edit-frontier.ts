import type { Random } from '../random.ts';

/** What an edit does to decisions: wrong ones that it turns right, and right ones that it turns wrong. */
export interface MendedCounts {
  readonly mended: number;
  readonly broken: number;
}

/** Is an edit better than another in one count, and worse in none? */
function dominates(a: MendedCounts, b: MendedCounts): boolean {
  return a.mended >= b.mended && a.broken <= b.broken && (a.mended > b.mended || a.broken < b.broken);
}

/**
 * Places of the edits that mend anything and that no other dominates, from the one that breaks least. Of edits that do the
 * same the first stands for all: give those that change least first.
 */
export function frontierOf(outcomes: readonly MendedCounts[]): number[] {
  const isFirst = (place: number): boolean =>
    outcomes.findIndex(
      ({ mended, broken }) => mended === outcomes[place].mended && broken === outcomes[place].broken,
    ) === place;
  return [...outcomes.keys()]
    .filter((place) => outcomes[place].mended > 0 && isFirst(place))
    .filter((place) => !outcomes.some((other) => dominates(other, outcomes[place])))
    .sort((a, b) => outcomes[a].broken - outcomes[b].broken);
}

/**
 * The place of the edit of the frontier with the largest `mended - broken`, of equals the one that breaks least; undefined
 * where every edit breaks as many as it mends.
 */
export function bestOf(outcomes: readonly MendedCounts[]): number | undefined {
  const gain = (place: number): number => outcomes[place].mended - outcomes[place].broken;
  const [best] = frontierOf(outcomes).toSorted((a, b) => gain(b) - gain(a));
  return best !== undefined && gain(best) > 0 ? best : undefined;
}

/** An image with a known class, as halves are drawn from: `group` tells classes and right from wrong, `copies` its content. */
export interface HalvedImage {
  readonly group: string;
  readonly content: string;
}

/**
 * Images in two halves by lot: of every group as many in each, but for one, and all copies of an image in one half. Places in
 * rising order; deterministic for the generator.
 */
export function halvesOf(
  images: readonly HalvedImage[],
  random: Random,
): { readonly tuning: number[]; readonly test: number[] } {
  const byContent = grouped([...images.keys()], (place) => images[place].content);
  const byGroup = grouped(byContent, ([first]) => images[first].group);
  const halves: [number[], number[]] = [[], []];
  let turn = 0;
  for (const own of byGroup)
    for (const at of random.permutation(own.length)) {
      const half = halves[turn++ % 2];
      for (const place of own[at]) half.push(place);
    }
  const [tuning, test] = halves.map((half) => half.sort((a, b) => a - b));
  return { tuning, test };
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const own = groups.get(keyOf(value)) ?? [];
    own.push(value);
    groups.set(keyOf(value), own);
  }
  return [...groups.values()];
}
