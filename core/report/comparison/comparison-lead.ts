import { comparableName } from '../../comparison/answers-compared.ts';
import type { ConceptMatch, LoneConcept } from '../../comparison/compare-runs.ts';
import {
  CANNOT_MATCH,
  decisionsText,
  figureChangeText,
  isClearChange,
  namesText,
  SAME_QUESTION,
  turnsText,
} from '../../wording/comparison-words.ts';
import { countOf, countText } from '../../wording/count-text.ts';
import { percentText } from '../../wording/number-text.ts';
import { asksTheSame, isOneRun, missing, type ComparedSide, type ComparedSides } from './comparison-data.ts';

/** What changed between two runs, in one paragraph for a reader who reads no further. */
export function comparisonLead(sides: ComparedSides): string {
  const { comparison } = sides;
  return [
    isOneRun(sides) ? 'A and B are the same run.' : asksTheSame(sides) ? SAME_QUESTION : '',
    classSentence(sides),
    ...(comparison.matchedBy === undefined ? [CANNOT_MATCH] : conceptSentences(sides)),
    typeof comparison.decisions === 'string'
      ? ''
      : decisionsText(comparison.decisions.agree, comparison.decisions.images),
    typeof comparison.decisions === 'string' ? '' : turnsText(comparison.decisions.changed),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function conceptSentences(sides: ComparedSides): string[] {
  const { a, b, comparison } = sides;
  return [
    matchSentence(sides),
    loneSentence(['A', 'B'], comparison.onlyA, a, b),
    loneSentence(['B', 'A'], comparison.onlyB, b, a),
    changeSentence(comparison.matches, sides),
  ];
}

function matchSentence({ a, b, comparison: { matches } }: ComparedSides): string {
  const [inA, inB] = [a.compared.concepts.length, b.compared.concepts.length];
  const same = matches.filter(({ status }) => status === 'same').length;
  const alike = matches.length - same;
  const of = `Of ${countOf(inA, 'concept')} in A and ${countText(inB)} in B,`;
  if (matches.length === 0) return `${of} none are the same.`;
  const surely = same === 0 ? 'none are surely the same' : `${countText(same)} ${be(same)} the same`;
  return alike === 0 ? `${of} ${surely}.` : `${of} ${surely}, and ${countText(alike)} ${be(alike)} alike.`;
}

/** What only one side has; and first what is like a concept there that has a closer match, where that matters more. */
function loneSentence(
  [side, other]: readonly ['A', 'B'] | readonly ['B', 'A'],
  lone: readonly LoneConcept[],
  own: ComparedSide,
  there: ComparedSide,
): string {
  const { concepts } = own.compared;
  const shareOf = (concept: number): string => `importance ${percentText(concepts[concept].importance.mean)}`;
  const [first] = lone;
  const second =
    first?.isSecond && first.nearest !== undefined
      ? `${namesText([concepts[first.concept].name])} of ${side} (${shareOf(first.concept)}) is like ${namesText([there.compared.concepts[first.nearest.concept].name])} of ${other}, which has a closer match.`
      : '';
  const only = missing(lone);
  if (only.length === 0) return second;
  const name = namesText([concepts[only[0].concept].name]);
  const what =
    only.length === 1
      ? `Only ${side} has ${name} (${shareOf(only[0].concept)}).`
      : `Only ${side} has ${countText(only.length)} of its concepts, first of all ${name} (${shareOf(only[0].concept)}).`;
  return second === '' ? what : `${second} ${what}`;
}

/** A difference in importance that reads as one. */
const LEAST_TOLD = 0.001;

/**
 * The match whose importance moved most, of those that surely moved: first of those that are surely the same, for two that are
 * alike may be two concepts, of which a difference says nothing.
 */
function changeSentence(matches: readonly ConceptMatch[], { a, b }: ComparedSides): string {
  const clear = matches.filter(({ importance }) => isClearChange(importance));
  if (matches.length === 0) return '';
  if (clear.length === 0)
    return 'No difference in importance is larger than other images of the same kind would make it.';
  const sure = largestOf(clear.filter(({ status }) => status === 'same'));
  const largest = sure ?? largestOf(clear);
  if (largest === undefined) return 'No difference in importance reaches 0.1 points.';
  const { importance } = largest;
  const first = namesText([a.compared.concepts[largest.a].name]);
  if (sure === undefined)
    return `Of those that are alike importance differs most between ${first} of A (${percentText(importance.a)}) and ${namesText([b.compared.concepts[largest.b].name])} of B (${percentText(importance.b)}), which may be two concepts.`;
  const way = importance.difference > 0 ? 'rises' : 'falls';
  return `The importance of ${first} of A changed most: it ${way} from ${percentText(importance.a)} to ${percentText(importance.b)}, by ${figureChangeText(importance)} points.`;
}

/** The one of largest difference; undefined where none reads as one. */
function largestOf(matches: readonly ConceptMatch[]): ConceptMatch | undefined {
  const size = ({ importance }: ConceptMatch): number => Math.abs(importance.difference);
  return matches
    .filter((match) => size(match) >= LEAST_TOLD)
    .reduce<ConceptMatch | undefined>(
      (most, one) => (most === undefined || size(one) > size(most) ? one : most),
      undefined,
    );
}

/** What importance is of, where the runs do not ask about one class. */
function classSentence({ a, b }: ComparedSides): string {
  const [first, second] = [a.explanation.className, b.explanation.className];
  if (comparableName(first) === comparableName(second)) return '';
  return `A explains “${first}” and B “${second}”: importance is that for the answer of each.`;
}

function be(count: number): string {
  return count === 1 ? 'is' : 'are';
}
