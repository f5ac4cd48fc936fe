import { shownName } from '../../core/wording/shown-name.ts';

/** A message at the edge of the window: a failure, or a deed with a way back. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly error?: unknown;
  /** What a failure is about, where that is not what is shown. */
  readonly about?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** What can be said to a person in passing. */
export type Telling = Pick<Notices, 'tell' | 'fail' | 'speak'>;

const SHOWN_MS = 7000;
/** A way back is read, and found by keyboard, before it goes. */
const ACTION_SHOWN_MS = 12_000;

/** What is said in passing; failures remain until they are closed. */
export class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  /** Spoken by a screen reader. */
  spoken = $state('');
  #next = 0;

  /** Returns the notice's number, to close it by. */
  tell(text: string, action?: Notice['action']): number {
    const id = this.#add({ text, ...(action !== undefined && { action }) });
    this.spoken = text;
    setTimeout(() => this.close(id), action === undefined ? SHOWN_MS : ACTION_SHOWN_MS);
    return id;
  }

  fail(error: unknown, about?: string): void {
    this.#add({ text: '', error, ...(about !== undefined && { about }) });
  }

  speak(text: string): void {
    this.spoken = text;
  }

  close(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }

  #add({ text, ...rest }: Omit<Notice, 'id'>): number {
    const id = this.#next++;
    // A name in it may hold characters that turn the words around.
    this.shown = [...this.shown.slice(-2), { ...rest, text: shownName(text), id }];
    return id;
  }
}
