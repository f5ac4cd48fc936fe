import type { ConceptItem } from '../../main/api/contract.ts';

/** Concepts that cannot be told apart by importance; one alone is distinct from its neighbours. */
export interface TieGroup {
  readonly tier: number;
  readonly concepts: readonly ConceptItem[];
}

/** The concepts that stand in the list: hidden ones only where wanted. */
export function listedConcepts(
  concepts: readonly ConceptItem[],
  showHidden: boolean,
): readonly ConceptItem[] {
  return concepts.filter(({ isHidden }) => showHidden || !isHidden);
}

/** Runs of neighbours in the same tier. */
export function tieGroups(concepts: readonly ConceptItem[]): readonly TieGroup[] {
  const groups: { tier: number; concepts: ConceptItem[] }[] = [];
  for (const concept of concepts) {
    const last = groups.at(-1);
    if (last !== undefined && last.tier === concept.tier) last.concepts.push(concept);
    else groups.push({ tier: concept.tier, concepts: [concept] });
  }
  return groups;
}

/** The element `step` away from the one with the id, stopping at the ends; the first one where there is none. */
export function neighbour<Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string | null,
  step: number,
): Item | undefined {
  const at = items.findIndex((item) => item.id === id);
  if (at < 0) return items[0];
  return items[Math.min(items.length - 1, Math.max(0, at + step))];
}

/** Concepts that share pictures with this one most often, as share of the pictures in which it is present. */
export function companions(
  concepts: readonly ConceptItem[],
  cooccurrence: readonly (readonly number[])[],
  id: string,
): readonly { readonly concept: ConceptItem; readonly share: number }[] {
  const at = concepts.findIndex((concept) => concept.id === id);
  const own = concepts[at]?.prevalence ?? 0;
  if (at < 0 || own === 0) return [];
  return concepts
    .map((concept, i) => ({ concept, share: Math.min(1, (cooccurrence[at]?.[i] ?? 0) / own) }))
    .filter(({ concept }, i) => i !== at && !concept.isHidden)
    .sort((a, b) => b.share - a.share);
}
