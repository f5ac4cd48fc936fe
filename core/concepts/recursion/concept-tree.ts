import type { Concept, ConceptSplit, Explanation } from '../explanation.ts';

/** A concept or part with what it was split into. */
export interface TreeNode {
  readonly concept: Concept;
  /** 0 for a concept of the run. */
  readonly depth: number;
  /** The split that this part comes from; absent for a concept of the run. */
  readonly from?: ConceptSplit;
  /** How it was split itself, if it was. */
  readonly split?: ConceptSplit;
  /** The most important for this node first. */
  readonly parts: readonly TreeNode[];
}

/** The concepts of a run with their parts, in order of importance; `left` names parents whose splits are left out. */
export function conceptTree(
  { concepts, splits = [] }: Pick<Explanation, 'concepts' | 'splits'>,
  left: readonly string[] = [],
): TreeNode[] {
  const byParent = new Map(
    splits.filter(({ parent }) => !left.includes(parent)).map((split) => [split.parent, split]),
  );
  const grow = (concept: Concept, depth: number, from?: ConceptSplit): TreeNode => {
    const split = byParent.get(concept.id);
    return {
      concept,
      depth,
      ...(from && { from }),
      ...(split && { split }),
      parts: split?.parts.map((part) => grow(part, depth + 1, split)) ?? [],
    };
  };
  return concepts.map((concept) => grow(concept, 0));
}

/** Nodes in the order of reading, each before its parts. */
export function flatTree(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...flatTree(node.parts)]);
}

/** The splits without the one of a concept and all below it. */
export function withoutSplit(splits: readonly ConceptSplit[], parent: string): ConceptSplit[] {
  return splits.filter((split) => split.parent !== parent && !split.parent.startsWith(`${parent}-`));
}

/** Id of the part in a row of a split's bank. */
export function partId(parent: string, row: number): string {
  return `${parent}-${row}`;
}

/** The row of its bank that an id ends in: "c3" -> 3, "c3-1" -> 1. */
export function rowOfId(id: string): number {
  return Number(/\d+$/.exec(id)?.[0]);
}

/** Id of the concept that a part belongs to; undefined for a concept of the run. */
export function parentIdOf(id: string): string | undefined {
  const at = id.lastIndexOf('-');
  return at < 0 ? undefined : id.slice(0, at);
}
