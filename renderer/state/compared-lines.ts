import type { MatchedConcepts, PictureId, RunComparison, UnmatchedConcept } from '../../main/api/contract.ts';
import type { ComparedRow } from '../charts/comparison-rows.ts';
import type { ComparedChoice, ComparisonState } from './comparison.svelte.ts';

/** A line of the lists of compared concepts. */
export interface ComparedLine {
  readonly choice: ComparedChoice;
  readonly row: ComparedRow;
  /** In A and in B, or the one name where one has it alone. */
  readonly names: readonly [string, string?];
  /** A crop of each side that has it. */
  readonly covers: readonly PictureId[];
  readonly match?: MatchedConcepts;
  readonly lone?: UnmatchedConcept;
  readonly side?: 'a' | 'b';
}

/** Concepts of both runs, in the order that is asked for. */
export function matchedLines(
  { a, b, matches }: RunComparison,
  order: ComparisonState['order'],
): readonly ComparedLine[] {
  const lines = matches.map((match, at): ComparedLine => {
    const [first, second] = [a.concepts[match.a], b.concepts[match.b]];
    return {
      choice: { list: 'matches', at },
      match,
      names: [first.name, second.name],
      row: {
        key: `${first.id} ${second.id}`,
        name: pairName(first.name, second.name),
        a: match.importance.a,
        b: match.importance.b,
        difference: match.importance,
      },
      covers: [first.crops[0], second.crops[0]].filter((id) => id !== undefined),
    };
  });
  const size = ({ row }: ComparedLine): number =>
    order === 'change' ? Math.abs(row.difference!.difference) : Math.max(row.a!, row.b!);
  return lines.sort((x, y) => size(y) - size(x));
}

/** Concepts without a match in the other run, the most important first: those it has alone, or those like one that has a closer match. */
export function loneLines(
  comparison: RunComparison,
  side: 'a' | 'b',
  kind: 'alone' | 'second',
): readonly ComparedLine[] {
  const [lone, list] =
    side === 'a' ? [comparison.onlyA, 'onlyA' as const] : [comparison.onlyB, 'onlyB' as const];
  const found = lone.map((one, at): ComparedLine => {
    const { id, name, importance, crops } = comparison[side].concepts[one.concept];
    return {
      choice: { list, at },
      lone: one,
      side,
      names: [name],
      row: { key: id, name, [side]: importance.mean },
      covers: crops.slice(0, 1),
    };
  });
  return found.filter(({ lone: one }) => (one?.isSecond === true) === (kind === 'second'));
}

/** What a matched pair is called: by one name where both have it. */
function pairName(a: string, b: string): string {
  return a === b ? a : `${a} → ${b}`;
}
