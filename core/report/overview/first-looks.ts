import type { FirstLook } from '../../concepts/whole-model.ts';
import { FRONTIER_BOUNDS } from '../../metrics/frontier.ts';
import { lookText, type LookFacts } from '../../wording/overview-words.ts';
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

/** A look in words: a few of them, and a sentence. */
export function lookInWords(
  look: FirstLook,
  overview: Pick<ModelOverview, 'names' | 'conceptNames'>,
): ReturnType<typeof lookText> {
  return lookText(lookFacts(look, overview));
}

function lookFacts(
  look: FirstLook,
  { names, conceptNames }: Pick<ModelOverview, 'names' | 'conceptNames'>,
): LookFacts {
  const classOf = (index: number): string => names[index] ?? `class ${index}`;
  if (look.kind !== 'confusion') return { ...look, class: classOf(look.class) };
  const { shared, ...pair } = look;
  return {
    ...pair,
    truth: classOf(look.truth),
    predicted: classOf(look.predicted),
    ...(shared && { shared: shared.map((id) => conceptNames[id]) }),
  };
}
