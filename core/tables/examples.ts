/** How many there are of something, with some of them by name. */
export interface Examples {
  readonly count: number;
  readonly some: readonly string[];
}

/** Named in a message. */
const SOME = 5;

/** Counts paths or names; the first are named by their last folder and name. */
export function examples(all: readonly string[]): Examples {
  return { count: all.length, some: all.slice(0, SOME).map(shortName) };
}

/** The last folder and the name. */
export function shortName(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}

/** Counts names as they come, and keeps the first. */
export class Tally {
  #count = 0;
  readonly #some: string[] = [];

  add(name: string): void {
    this.#count++;
    if (this.#some.length < SOME) this.#some.push(name.slice(0, 200));
  }

  get examples(): Examples {
    return { count: this.#count, some: this.#some };
  }
}
