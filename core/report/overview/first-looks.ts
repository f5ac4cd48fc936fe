import type { FirstLook } from '../../concepts/whole-model.ts';
import { FRONTIER_BOUNDS } from '../../metrics/frontier.ts';
import { countText, listText } from '../../wording/count-text.ts';
import { lookFigure, lookText, manyLooksText, type LookFacts } from '../../wording/overview-words.ts';
import type { ModelOverview } from './overview-data.ts';

/** Fewer images of a class that are called another may be chance. */
const LEAST_CONFUSED = 3;

type Found = Pick<ModelOverview, 'classes' | 'unexplained' | 'confused' | 'answers'>;

/**
 * What to look at first, the gravest first: shortcuts by how many decisions they turn; classes that are right surely less
 * often than all are together (the interval lies below); pairs that are confused at least {@link LEAST_CONFUSED} times and
 * more than once in twenty images; explanations that are weak, or leave more than a little of the score unexplained.
 */
export function firstLooks({ classes, unexplained: others, confused, answers }: Found): FirstLook[] {
  const all = answers.known > 0 ? answers.hits / answers.known : undefined;
  const shortcuts = classes
    .flatMap(({ index, shortcuts: found }) => found.map((one) => ({ index, one })))
    .sort((a, b) => b.one.shortcut.flips - a.one.shortcut.flips)
    .map(({ index, one }): FirstLook => ({
      kind: 'shortcut',
      class: index,
      concept: one.conceptId,
      leans: one.leans,
      flips: one.shortcut.flips,
    }));
  const judged = [
    ...classes.flatMap(({ index, right }) => (right ? [{ index, right, isExplained: true }] : [])),
    ...others.map((one) => ({ ...one, isExplained: false })),
  ];
  const bad = judged
    .filter(({ right }) => all !== undefined && right.high < all)
    .sort((a, b) => a.right.value - b.right.value)
    .map(({ index, right, isExplained }): FirstLook => ({
      kind: 'mistakes',
      class: index,
      share: right.value,
      images: right.images,
      isExplained,
    }));
  const pairs = confused
    .filter(({ count, images }) => count >= LEAST_CONFUSED && count / images > 0.05)
    .map(({ truth, predicted, count, images, shared }): FirstLook => ({
      kind: 'confusion',
      ...{ truth, predicted, count, images },
      ...(shared && { shared }),
    }));
  const weak = classes
    .filter(({ grade }) => grade === 'weak')
    .map(({ index, headline }): FirstLook => ({ kind: 'weak', class: index, headline }));
  const unexplained = classes
    .filter(({ rest, grade }) => grade !== 'weak' && rest !== undefined && rest.low > FRONTIER_BOUNDS.rest)
    .sort((a, b) => b.rest!.mean - a.rest!.mean)
    .map(({ index, rest }): FirstLook => ({ kind: 'rest', class: index, rest: rest!.mean }));
  return [...shortcuts, ...bad, ...pairs, ...weak, ...unexplained];
}

/** Looks of which the same is to be said, the gravest first; a class stands once among them, with its gravest. */
export type LookGroup = readonly [FirstLook, ...FirstLook[]];

/**
 * Puts together what differs only in the class: nearly the same sentence for each of many would bury the others. Groups are
 * in the order of their first look; pairs of classes that are confused stand alone.
 */
export function groupedLooks(looks: readonly FirstLook[]): LookGroup[] {
  const groups = new Map<string, [FirstLook, ...FirstLook[]]>();
  for (const look of looks) {
    const key = keyOf(look);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [look]);
    else if (!group.some((other) => classOf(other) === classOf(look))) group.push(look);
  }
  return [...groups.values()];
}

function keyOf(look: FirstLook): string {
  switch (look.kind) {
    case 'shortcut':
      return `shortcut ${look.leans}`;
    case 'confusion':
      return `confusion ${look.truth} ${look.predicted}`;
    default:
      return look.kind;
  }
}

function classOf(look: FirstLook): number {
  return look.kind === 'confusion' ? look.truth : look.class;
}

/** A class of a group of looks, in words. */
export interface LookMember {
  readonly name: string;
  /** Empty where nothing but the name tells it from the others. */
  readonly figure: string;
}

/** A group of looks in words. */
export interface LookInWords {
  readonly title: string;
  readonly text: string;
  /** In the order of the group; none where it is a single look, which the text says whole. */
  readonly members: readonly LookMember[];
}

/** A group of looks in words: a few of them, and a sentence, or what the figures of its classes are. */
export function lookInWords(
  group: LookGroup,
  overview: Pick<ModelOverview, 'names' | 'conceptNames'>,
): LookInWords {
  const [first, ...others] = group.map((look) => lookFacts(look, overview));
  if (others.length === 0 || first.kind === 'confusion') return { ...lookText(first), members: [] };
  const members = [first, ...others].flatMap((facts) =>
    facts.kind === 'confusion' ? [] : [{ name: facts.class, figure: lookFigure(facts) }],
  );
  return { ...manyLooksText(first, members.length), members };
}

/** The first few members of a group in one line, and how many more there are. */
export function membersText(members: readonly LookMember[], named: number): string {
  const shown = members
    .slice(0, named)
    .map(({ name, figure }) => (figure === '' ? `“${name}”` : `“${name}” (${figure})`));
  const more = members.length - shown.length;
  return listText(more > 0 ? [...shown, `${countText(more)} more`] : shown);
}

function lookFacts(
  look: FirstLook,
  { names, conceptNames }: Pick<ModelOverview, 'names' | 'conceptNames'>,
): LookFacts {
  const nameOf = (index: number): string => names[index] ?? `class ${index}`;
  if (look.kind !== 'confusion') return { ...look, class: nameOf(look.class) };
  const { shared, ...pair } = look;
  return {
    ...pair,
    truth: nameOf(look.truth),
    predicted: nameOf(look.predicted),
    ...(shared && { shared: shared.map((id) => conceptNames[id]) }),
  };
}
