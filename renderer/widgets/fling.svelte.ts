import { isFling, PAUSE_MS, type ScrollPoint } from './scroll-pace.ts';

/** Keeps what a scroller showed before it was flung: all that is worth drawing until it slows down. */
export class Fling<Shown> {
  /** Undefined while the scroller rests, or moves slowly enough to be looked at. */
  before = $state.raw<Shown>();
  #last: ScrollPoint = { top: 0, time: -Infinity };
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** Called at each move, with the height in sight and what has been drawn so far. */
  moved(top: number, height: number, shown: Shown): void {
    const move = { top, time: performance.now() };
    this.before = isFling(this.#last, move, height) ? (this.before ?? shown) : undefined;
    this.#last = move;
    this.stop();
    this.#pause = setTimeout(() => (this.before = undefined), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#pause);
  }
}
