import { isCancelled } from '../api.ts';

/** Reads a value; what can be had sooner is shown meanwhile. */
type Read<Value> = (show: (early: Value) => void) => Promise<Value>;

/** A value that is read from afar: absent, on its way, there, or failed. The latest request wins. */
export class Loadable<Value> {
  value = $state.raw<Value>();
  error = $state.raw<unknown>();
  isLoading = $state(false);
  /** A person has stopped it. */
  isStopped = $state(false);
  #turn = 0;
  #read: Read<Value> | undefined;

  /**
   * Reads; the old value remains in sight until the new one is there, or until `read` shows one that can be had
   * sooner. Never rejects.
   */
  async load(read: Read<Value>): Promise<void> {
    this.#read = read;
    const turn = ++this.#turn;
    this.isLoading = true;
    this.error = undefined;
    this.isStopped = false;
    try {
      const value = await read((early) => {
        if (turn === this.#turn) this.value = early;
      });
      if (turn === this.#turn) this.value = value;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.isStopped = isCancelled(error);
      if (!this.isStopped) this.error = error;
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }

  /** Asks again for what was asked for last. */
  retry = (): void => {
    if (this.#read !== undefined) void this.load(this.#read);
  };

  /** Puts a value that came another way; a request under way is dropped. */
  set(value: Value | undefined): void {
    this.#turn++;
    this.value = value;
    this.error = undefined;
    this.isStopped = false;
    this.isLoading = false;
  }
}
