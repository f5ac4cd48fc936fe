import type { Concept, Decomposition, Explanation } from '../explanation.ts';

/** A concept or part with the parts it was decomposed into. */
export interface TreeNode {
  readonly concept: Concept;
  /** 0 for a concept of the run. */
  readonly depth: number;
  /** The decomposition that this part comes from; absent for a concept of the run. */
  readonly from?: Decomposition;
  /** How it was decomposed itself, if it was. */
  readonly decomposition?: Decomposition;
  /** The most important for this node first. */
  readonly parts: readonly TreeNode[];
}

/** The concepts of a run with their parts, in order of importance; `left` names parents whose parts are left out. */
export function conceptTree(
  { concepts, splits = [] }: Pick<Explanation, 'concepts' | 'splits'>,
  left: readonly string[] = [],
): TreeNode[] {
  const byParent = new Map(
    splits.filter(({ parent }) => !left.includes(parent)).map((one) => [one.parent, one]),
  );
  const grow = (concept: Concept, depth: number, from?: Decomposition): TreeNode => {
    const decomposition = byParent.get(concept.id);
    return {
      concept,
      depth,
      ...(from && { from }),
      ...(decomposition && { decomposition }),
      parts: decomposition?.parts.map((part) => grow(part, depth + 1, decomposition)) ?? [],
    };
  };
  return concepts.map((concept) => grow(concept, 0));
}

/** Nodes in the order of reading, each before its parts. */
export function flatTree(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...flatTree(node.parts)]);
}

/** The decompositions without that of a concept and all below it. */
export function withoutDecomposition(all: readonly Decomposition[], parent: string): Decomposition[] {
  return all.filter((one) => one.parent !== parent && !one.parent.startsWith(`${parent}-`));
}

/** Id of the part in a row of the parts' bank. */
export function partId(parent: string, row: number): string {
  return `${parent}-${row}`;
}

/** The row of its bank that an id ends in: "c3" -> 3, "c3-1" -> 1. */
export function rowOfId(id: string): number {
  return Number(/\d+$/.exec(id)?.[0]);
}

/** Id of the concept in a row of a run's own bank. */
export function idOfRow(row: number): string {
  return `c${row}`;
}

/** Id of the concept that a part belongs to; undefined for a concept of the run. */
export function parentIdOf(id: string): string | undefined {
  const at = id.lastIndexOf('-');
  return at < 0 ? undefined : id.slice(0, at);
}
