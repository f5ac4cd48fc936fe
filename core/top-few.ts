/**
 * The few first of many candidates, which come one by one: room for `most` of them, whatever their number. First come those
 * with the larger `major` key, among these with the larger `minor` one, and among these with the lower place. O(log most)
 * for a candidate that is kept, one comparison for any other.
 *
 * Limits   keys are numbers, not NaN; every place is offered once.
 */
export class TopFew {
  /** A heap, the last of those that are kept first: a candidate has to come before it. */
  readonly #places: number[] = [];
  readonly #majors: number[] = [];
  readonly #minors: number[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  offer(place: number, major: number, minor = 0): void {
    if (this.#places.length < this.#most) {
      this.#set(this.#places.length, place, major, minor);
      this.#rise(this.#places.length - 1);
    } else if (this.#most > 0 && this.#isBefore(place, major, minor, 0)) {
      this.#set(0, place, major, minor);
      this.#sink();
    }
  }

  /** The places that were kept, the first first. */
  sorted(): number[] {
    const order = [...this.#places.keys()].sort(
      (a, b) =>
        this.#majors[b] - this.#majors[a] ||
        this.#minors[b] - this.#minors[a] ||
        this.#places[a] - this.#places[b],
    );
    return order.map((at) => this.#places[at]);
  }

  #set(at: number, place: number, major: number, minor: number): void {
    this.#places[at] = place;
    this.#majors[at] = major;
    this.#minors[at] = minor;
  }

  #isBefore(place: number, major: number, minor: number, than: number): boolean {
    if (major !== this.#majors[than]) return major > this.#majors[than];
    if (minor !== this.#minors[than]) return minor > this.#minors[than];
    return place < this.#places[than];
  }

  /** Does the entry at `a` come before the one at `b`? */
  #precedes(a: number, b: number): boolean {
    return this.#isBefore(this.#places[a], this.#majors[a], this.#minors[a], b);
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#precedes(parent, at)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    const count = this.#places.length;
    for (let at = 0; ;) {
      let last = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < count && this.#precedes(last, child)) last = child;
      if (last === at) return;
      this.#swap(at, last);
      at = last;
    }
  }

  #swap(a: number, b: number): void {
    const [place, major, minor] = [this.#places[a], this.#majors[a], this.#minors[a]];
    this.#set(a, this.#places[b], this.#majors[b], this.#minors[b]);
    this.#set(b, place, major, minor);
  }
}
