import type { ConceptMatch, LoneConcept } from '../../core/comparison/compare-runs.ts';
import type { DecisionChanged } from '../../core/comparison/compare-decisions.ts';
import type { Difference } from '../../core/comparison/difference.ts';
import {
  conceptBehind,
  namedLone,
  sideName,
  type ComparedSide,
  type ComparedSides,
} from '../../core/report/comparison/comparison-data.ts';
import { comparisonLead } from '../../core/report/comparison/comparison-lead.ts';
import { answerText } from '../../core/wording/answer-text.ts';
import {
  bothSharesText,
  causeText,
  differenceLimits,
  figureChangeText,
  figuresText,
  MATCHED_BY,
  nearestText,
  NO_DECISIONS,
  PAIRED_BY,
  similarityText,
  STATUS_WORDS,
  TURN_WORDS,
} from '../../core/wording/comparison-words.ts';
import { countOf, countText } from '../../core/wording/count-text.ts';
import { intervalText, percentText } from '../../core/wording/number-text.ts';
import { fileNameOf } from '../../core/wording/path-text.ts';
import { table } from './text-table.ts';

/** Changed decisions that are listed as text. */
const MOST_LISTED = 20;

/** A comparison as `--json` prints it; ids name concepts within their run, differences are those of B over A. */
export function comparisonJson(sides: ComparedSides) {
  const { a, b, comparison } = sides;
  const { images, isPaired, coversMovement, matchedBy, decisions } = comparison;
  const lone = (own: ComparedSide, other: ComparedSide) => (one: LoneConcept) => loneJson(one, own, other);
  return {
    a: sideJson(a),
    b: sideJson(b),
    images: { ...images, isPaired },
    coversMovement,
    matchedBy: matchedBy ?? null,
    matches: comparison.matches.map((match) => matchJson(match, sides)),
    onlyA: comparison.onlyA.map(lone(a, b)),
    onlyB: comparison.onlyB.map(lone(b, a)),
    decisions:
      typeof decisions === 'string'
        ? null
        : { ...decisions, changed: decisions.changed.map((one) => changedJson(one, sides)) },
    noDecisions: typeof decisions === 'string' ? NO_DECISIONS[decisions] : null,
  };
}

function sideJson({ folder, run, runName, model, explanation, compared }: ComparedSide) {
  return {
    ...{ project: folder, run, name: runName ?? null, model },
    ...{ class: explanation.className, layer: explanation.layer.tensor },
    ...{ images: compared.images.length, concepts: compared.concepts.length },
  };
}

function matchJson({ a, b, similarity, status, importance, prevalence }: ConceptMatch, sides: ComparedSides) {
  const [first, second] = [sides.a.compared.concepts[a], sides.b.compared.concepts[b]];
  return {
    ...{ a: first.id, b: second.id, names: { a: first.name, b: second.name }, similarity, status },
    importance: differenceJson(importance),
    prevalence: differenceJson(prevalence),
  };
}

function differenceJson({ interval, ...figures }: Difference) {
  return { ...figures, low: interval?.[0] ?? null, high: interval?.[1] ?? null };
}

function loneJson(one: LoneConcept, own: ComparedSide, other: ComparedSide) {
  const { concept, nearest } = namedLone(one, own.compared, other.compared);
  const { id, name, importance, prevalence } = concept;
  return { concept: id, name, importance, prevalence, nearest: nearest ?? null, isSecond: one.isSecond };
}

function changedJson({ concepts, turn, ...changed }: DecisionChanged, sides: ComparedSides) {
  return {
    ...changed,
    turn: turn ?? null,
    concepts: concepts.map((cause) => {
      const { id, name } = conceptBehind(sides, cause);
      const { run, weight, other, without } = cause;
      return { run, concept: id, name, weight, other: other ?? null, without: without ?? null };
    }),
  };
}

/** A comparison as text. */
export function comparisonText(sides: ComparedSides): string {
  const { a, b, comparison } = sides;
  return [
    `A  ${sideText(a)}`,
    `B  ${sideText(b)}`,
    '',
    comparisonLead(sides),
    '',
    ...imageLines(sides),
    ...matchLines(sides),
    ...loneLines('A', comparison.onlyA, a, b),
    ...loneLines('B', comparison.onlyB, b, a),
    ...decisionLines(sides),
  ].join('\n');
}

function sideText(side: ComparedSide): string {
  const { explanation, compared, model } = side;
  const { concepts, images } = compared;
  return `${sideName(side)}: “${explanation.className}” of ${fileNameOf(model)} at ${explanation.layer.tensor}, ${countOf(concepts.length, 'concept')}, ${countOf(images.length, 'image')}`;
}

function imageLines({ comparison: { images, matchedBy, isPaired } }: ComparedSides): string[] {
  const common = `${countOf(images.common, 'image')} explained by both, ${PAIRED_BY[images.pairedBy]}.`;
  if (matchedBy === undefined) return [common];
  return [`${common} Concepts are matched ${MATCHED_BY[matchedBy]}. ${figuresText(isPaired)}`];
}

function matchLines({ a, b, comparison: { matches, coversMovement } }: ComparedSides): string[] {
  if (matches.length === 0) return [];
  const rows = matches.map((match) => [
    a.compared.concepts[match.a].name,
    b.compared.concepts[match.b].name,
    similarityText(match.similarity),
    STATUS_WORDS[match.status],
    bothSharesText(match.importance),
    figureChangeText(match.importance),
    bothSharesText(match.prevalence),
    figureChangeText(match.prevalence),
  ]);
  const [importance, prevalence] = ['importance', 'present in'];
  const head = ['in A', 'in B', 'alike', '', importance, 'change (95 %)', prevalence, 'change (95 %)'];
  return ['', ...table([head, ...rows]), differenceLimits(coversMovement)];
}

function loneLines(
  letter: 'A' | 'B',
  lone: readonly LoneConcept[],
  own: ComparedSide,
  other: ComparedSide,
): string[] {
  if (lone.length === 0) return [];
  const several = own.compared.images.length > 1;
  const rows = lone.map((one) => {
    const { concept, nearest } = namedLone(one, own.compared, other.compared);
    const { name, importance, prevalence } = concept;
    const interval = several ? intervalText(importance) : '';
    return [
      name,
      percentText(importance.mean),
      interval,
      percentText(prevalence),
      nearestText(nearest, one.isSecond),
    ];
  });
  return ['', ...table([[`only in ${letter}`, 'importance', '95 % interval', 'present in', ''], ...rows])];
}

function decisionLines(sides: ComparedSides): string[] {
  const { decisions } = sides.comparison;
  if (typeof decisions === 'string') return ['', `Decisions are not compared. ${NO_DECISIONS[decisions]}`];
  if (decisions.changed.length === 0) return [];
  const rows = decisions.changed
    .slice(0, MOST_LISTED)
    .map(({ file, a, b, turn, concepts }) => [
      fileNameOf(file),
      `${a.name} ${answerText(a)}`.trim(),
      `${b.name} ${answerText(b)}`.trim(),
      turn === undefined ? '' : TURN_WORDS[turn],
      concepts.map((cause) => causeText({ ...cause, name: conceptBehind(sides, cause).name })).join('; '),
    ]);
  const more = decisions.changed.length - rows.length;
  return [
    '',
    ...table([['decided otherwise', 'A says', 'B says', 'by the folder', 'concepts behind it'], ...rows]),
    ...(more > 0 ? [`and ${countText(more)} more; --json lists all.`] : []),
  ];
}
