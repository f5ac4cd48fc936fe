/** Offset in bytes of each word of a record of 32-bit words, the words in order. */
export function offsets<const Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, 4 * index])) as Record<Name, number>;
}

/** The words of a record, by their names. */
export function wordsOf<Name extends string>(
  layout: Readonly<Record<Name, number>>,
  words: Readonly<Record<Name, number>>,
): Int32Array {
  const result = new Int32Array(Object.keys(layout).length);
  for (const name of Object.keys(layout) as Name[]) result[layout[name] / 4] = words[name];
  return result;
}
