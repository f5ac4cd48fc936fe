/** Edits (insert, delete, replace one character) from one string to another; Levenshtein 1966, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/**
 * The names most like the wanted one, best first: those that contain it, then by edit distance, case ignored.
 * For messages about a name that does not exist. O(names · length²).
 */
export function nearestNames(wanted: string, names: Iterable<string>, limit = 3): readonly string[] {
  const target = wanted.toLowerCase();
  const score = (name: string) => {
    const own = name.toLowerCase();
    return target !== '' && own.includes(target) ? 0 : editDistance(target, own);
  };
  const scored = [...new Set(names)].map((name) => ({ name, score: score(name) }));
  scored.sort((a, b) => a.score - b.score);
  return scored.slice(0, limit).map(({ name }) => name);
}
