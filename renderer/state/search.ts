/** Something that can be gone to. */
export interface SearchItem {
  readonly kind: 'Screen' | 'Concept' | 'Run' | 'Image' | 'Class' | 'Project' | 'Action';
  readonly label: string;
  /** More words to find it by, and to tell it from others. */
  readonly detail?: string;
  readonly run: () => void;
}

/**
 * The items that hold every word of the query, best first: those whose label begins with the query, then those with
 * a word that does, then the rest; in the given order within each. An empty query gives the first items.
 */
export function search(items: readonly SearchItem[], query: string, limit = 12): readonly SearchItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = items
    .map((item, order) => ({ item, order, score: scoreOf(item, words) }))
    .filter(({ score }) => score > 0);
  return scored
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, limit)
    .map(({ item }) => item);
}

function scoreOf({ label, detail = '', kind }: SearchItem, words: readonly string[]): number {
  const name = label.toLowerCase();
  const all = `${name} ${detail.toLowerCase()} ${kind.toLowerCase()}`;
  if (!words.every((word) => all.includes(word))) return 0;
  const whole = words.join(' ');
  if (name.startsWith(whole)) return 3;
  return name.split(/[\s/_.-]+/).some((part) => words.some((word) => part.startsWith(word))) ? 2 : 1;
}
