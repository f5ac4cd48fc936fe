/** Measures a time that can be held, by a clock that never goes back. */
export class Stopwatch {
  readonly #now: () => number;
  #before = 0;
  #since: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs on; nothing happens where it runs. */
  run(): void {
    this.#since ??= this.#now();
  }

  /** Holds; nothing happens where it is held. */
  hold(): void {
    this.#before += this.#running();
    this.#since = undefined;
  }

  /** The time that it ran, in whole milliseconds. */
  get milliseconds(): number {
    return Math.round(this.#before + this.#running());
  }

  #running(): number {
    return this.#since === undefined ? 0 : this.#now() - this.#since;
  }
}
