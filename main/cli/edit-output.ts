import { EDIT_WAYS } from '../../core/editing/concept-edit.ts';
import { judgedSet, verdictOf, type EditProof, type ProofSet } from '../../core/editing/edit-proof.ts';
import type { ChangedDecision, RightCounts } from '../../core/editing/judged-decisions.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';
import {
  BROKEN_MEANING,
  editChance,
  editedText,
  oneScoreText,
  PROOF_SETS,
} from '../../core/wording/edit-words.ts';
import { intervalText, percentText, signedText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

type Side = 'before' | 'after';

/** What `edit --json` prints: the first eight fields are those of the images that the verdict is about. */
export function editFacts(file: string, proof: EditProof, report?: string) {
  const judged = judgedSet(proof);
  return {
    file,
    removed: proof.concepts.map(({ name }) => name),
    images: judged.images,
    before: sideOf(judged, 'before'),
    after: sideOf(judged, 'after'),
    fixed: judged.fixed.map((one) => one.file),
    broken: judged.broken.map((one) => one.file),
    pValue: judged.pValue ?? null,
    judgedOn: judged.kind,
    verdict: verdictOf(judged),
    ...(report !== undefined && { report }),
    ...proof,
    sets: proof.sets.map((set) => setFacts(set, proof.classes)),
  };
}

function sideOf({ all, byClass }: ProofSet, side: Side) {
  return {
    accuracy: all?.[side].value ?? null,
    byClass: Object.fromEntries(byClass.map((one) => [one.name, one[side].value])),
  };
}

function setFacts(set: ProofSet, classes: readonly string[]) {
  const named = (changed: readonly ChangedDecision[]) =>
    changed.map(({ file, truth, before, after }) => ({
      file,
      truth: truth === undefined ? null : classes[truth],
      before: classes[before],
      after: classes[after],
    }));
  const { all, pValue, ...rest } = set;
  return {
    ...rest,
    all: all ?? null,
    pValue: pValue ?? null,
    verdict: verdictOf(set),
    fixed: named(set.fixed),
    broken: named(set.broken),
    otherwise: named(set.otherwise),
  };
}

type EditFacts = ReturnType<typeof editFacts>;

/** What `edit` prints. */
export function editText(facts: EditFacts): string {
  const { file, run, layer, how, sets, check, time, concepts, onlyClass } = facts;
  return [
    `${file}`,
    `The model ${editedText(concepts, onlyClass)} (concepts of ${run.className}, ${run.id}), at ${layer}. ${EDIT_WAYS[how]}.`,
    ...(onlyClass === undefined ? [] : [`Scores changed: ${oneScoreText(onlyClass)}.`]),
    ...sets.flatMap((set) => ['', ...setText(set)]),
    '',
    ...(sets.some(({ broken }) => broken.length > 0) ? [BROKEN_MEANING] : []),
    `Scores are within ${check.largest.toExponential(0)} of what the same edit gives by exact amounts (${countOf(check.images, 'image')}).`,
    `An image takes ${time.after.toFixed(2)} ms, before ${time.before.toFixed(2)} ms.`,
    ...(facts.alsoChanged.length > 0
      ? [`Other outputs that follow from the layer change too: ${listText([...facts.alsoChanged])}.`]
      : []),
    ...(facts.report === undefined ? [] : [`Report  ${facts.report}`]),
    ...(facts.edited.isInlined ? ['Functions of the file are written out in it.'] : []),
  ].join('\n');
}

function setText(set: EditFacts['sets'][number]): string[] {
  const { kind, images, all, pValue, otherwise, fixed, broken } = set;
  const title = `${PROOF_SETS[kind]}: ${countOf(images, 'image')}`;
  if (all === null)
    return [`${title}; no folder names a class. ${countOf(otherwise.length, 'decision')} changed.`];
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
        signedText(set.scores.find(({ name }) => name === one.name)?.mean ?? NaN),
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

function accuracyText({ before, after }: RightCounts): string {
  return `Right: ${percentText(before.value)} (${intervalText(before)}) before, ${percentText(after.value)} (${intervalText(after)}) after`;
}
