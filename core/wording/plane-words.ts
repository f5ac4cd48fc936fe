import { countOf, countText } from './count-text.ts';
import { percentText } from './number-text.ts';

/** What is known of how points came about, as far as its words need it. */
interface PlaneFacts {
  readonly method: 'plane' | 'neighbours' | 'too-few' | 'equal';
  readonly share: number | null;
}

/** Why there is no map; undefined where there is one. */
export function noMapText({ method }: PlaneFacts, what: 'images' | 'concepts'): string | undefined {
  if (method === 'too-few')
    return `A map takes at least three ${what}: any two are as far apart as any others.`;
  if (method === 'equal') return `All ${what} are the same by this measure: there is nothing to lay out.`;
  return undefined;
}

/** What distances on a map mean, and what they do not. */
export function mapReadingText({ method, share }: PlaneFacts, what: 'images' | 'concepts'): string {
  if (method === 'plane') {
    const kept = share === null ? '' : ` It keeps ${percentText(share)} of the spread.`;
    return `The two directions along which the ${what} vary most, as a shadow on a wall: what is far apart is far apart, what looks near may differ in what is not shown.${kept}`;
  }
  return `Neighbours are kept near each other: ${what} that lie together are alike. Distances between heaps, their size and how dense they are mean little, and the axes mean nothing.`;
}

/** What was left out or placed roughly. */
export function mapLimitsText({
  laidOut,
  skipped,
  count,
}: {
  readonly laidOut: number | null;
  readonly skipped: number;
  readonly count: number;
}): string {
  const rough =
    laidOut === null
      ? ''
      : `${countText(laidOut)} images drawn at random are laid out; the other ${countText(count - laidOut)} lie where the most like them are.`;
  const left =
    skipped === 0
      ? ''
      : `${countOf(skipped, 'image')} could not be read, or changed since the run: ${skipped === 1 ? 'it is' : 'they are'} not on the map.`;
  return [rough, left].filter((text) => text !== '').join(' ');
}

/** What a look for groups found, in a sentence. */
export function groupsText({
  status,
  looked,
  groups,
}: {
  readonly status: 'groups' | 'none' | 'too-few';
  readonly looked: number;
  readonly groups: readonly unknown[];
}): string {
  if (status === 'too-few') return `Groups are looked for from 20 images on; here are ${countText(looked)}.`;
  if (status === 'none')
    return `No groups: ${countOf(looked, 'image')} part no better than as many without groups would.`;
  return `${countOf(groups.length, 'group')} of ${countOf(looked, 'image')}, by what each concept does to their score.`;
}
