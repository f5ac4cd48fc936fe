import { createRandom, type Random } from '../random.ts';

/**
 * A stream of random numbers of its own for every purpose of a study: what is drawn for one participant or pool does not move
 * what is drawn for another. The text of seed, purpose and numbers is hashed to 32 bits (FNV-1a, then the finaliser of
 * MurmurHash3). Not for secrets.
 */
export function streamOf(seed: number, purpose: string, ...numbers: readonly number[]): Random {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${purpose}/${numbers.join('/')}`)
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return createRandom(hash ^ (hash >>> 16));
}

/** The items in a random order. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return [...random.permutation(items.length)].map((at) => items[at]);
}
