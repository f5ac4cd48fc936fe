import { EDIT_WAYS } from '../../core/editing/concept-edit.ts';
import type { EditFacts } from '../../core/editing/edit-facts.ts';
import type { RightCounts } from '../../core/editing/judged-decisions.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';
import {
  BROKEN_MEANING,
  editChance,
  editedText,
  editTimeText,
  LITTLE_MENDED,
  WITHOUT_CLASSES,
  oneScoreText,
  PROOF_SETS,
} from '../../core/wording/edit-words.ts';
import { decimalText, intervalText, percentText, signedText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

/** What `edit` prints. */
export function editText(facts: EditFacts): string {
  const { file, run, layer, how, sets, check, time, concepts, onlyClass } = facts;
  return [
    `${file}`,
    `The model ${editedText(concepts, onlyClass)} (concepts of ${run.className}, ${run.id}), at ${layer}. ${EDIT_WAYS[how]}.`,
    ...(onlyClass === undefined ? [] : [`Scores changed: ${oneScoreText(onlyClass)}.`]),
    ...(facts.above === undefined
      ? []
      : [`Amounts up to ${percentText(facts.above)} of the largest of the run are left alone.`]),
    ...(facts.classes.length === 0 ? ['', WITHOUT_CLASSES] : []),
    ...sets.flatMap((set) => ['', ...setText(set, facts.classes.length > 0)]),
    '',
    ...(sets.some(({ broken }) => broken.length > 0) ? [BROKEN_MEANING] : []),
    `Scores are within ${check.largest.toExponential(0)} of what the same edit gives by exact amounts (${countOf(check.images, 'image')}).`,
    `An image takes ${editTimeText(time)}.`,
    ...(facts.alsoChanged.length > 0
      ? [`Other outputs that follow from the layer change too: ${listText([...facts.alsoChanged])}.`]
      : []),
    ...(facts.report === undefined ? [] : [`Report  ${facts.report}`]),
    ...(facts.edited.isInlined ? ['Functions of the file are written out in it.'] : []),
  ].join('\n');
}

/** Where an edit mends little, what to try. */
export function nextText({ mendsLittle, run }: EditFacts): string[] {
  return mendsLittle ? ['', `${LITTLE_MENDED} Try: tessera edit ${run.project} --search`] : [];
}

function setText(set: EditFacts['sets'][number], isDecision: boolean): string[] {
  const { kind, images, all, pValue, otherwise, fixed, broken } = set;
  const title = `${PROOF_SETS[kind]}: ${countOf(images, 'image')}`;
  if (all === null) {
    const decided = `no folder names a class. ${countOf(otherwise.length, 'decision')} changed.`;
    return [isDecision ? `${title}; ${decided}` : title, ...scoresText(set)];
  }
  const counts = { fixed: fixed.length, broken: broken.length };
  return [
    `${title}: ${set.verdict}`,
    `${accuracyText(all)}. ${editChance(pValue!, counts)}`,
    ...table([
      ['class', 'images', 'right before', 'after', 'its score changes by'],
      ...set.byClass.map((one) => [
        one.name,
        String(one.images),
        percentText(one.before.value),
        percentText(one.after.value),
        changeText(set, one.name),
      ]),
    ]),
    ...(set.sides.length === 0
      ? []
      : table([
          ['images with', 'images', 'right before', 'after', 'fixed', 'broken'],
          ...set.sides.map((side) => [
            `${side.of}: ${side.name}`,
            String(side.images),
            `${percentText(side.before.value)} (${intervalText(side.before)})`,
            `${percentText(side.after.value)} (${intervalText(side.after)})`,
            String(side.fixed),
            String(side.broken),
          ]),
        ])),
  ];
}

/** Classes whose scores are listed where nothing is known of right and wrong: those that change most. */
const MOST_SCORES = 8;

function scoresText({ scores }: EditFacts['sets'][number]): string[] {
  const shown = [...scores].sort((a, b) => b.absolute - a.absolute).slice(0, MOST_SCORES);
  return table([
    ['score', 'changes by', 'up or down by'],
    ...shown.map(({ name, mean, absolute }) => [name, signedText(mean), decimalText(absolute)]),
  ]);
}

/** By how much the score of a class changes; of two classes of one number only one has a score. */
function changeText({ scores }: EditFacts['sets'][number], name: string): string {
  const found = scores.find((score) => score.name === name);
  return found === undefined ? '' : signedText(found.mean);
}

function accuracyText({ before, after }: RightCounts): string {
  return `Right: ${percentText(before.value)} (${intervalText(before)}) before, ${percentText(after.value)} (${intervalText(after)}) after`;
}
