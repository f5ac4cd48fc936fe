import { shownName } from '../../core/wording/shown-name.ts';
import type { Screen } from '../../main/api/contract.ts';
import {
  afterDone,
  afterLeaving,
  withFailure,
  withNotice,
  type Failure,
  type Notice,
} from './notice-rules.ts';

export type { Notice } from './notice-rules.ts';

/** What can be said to a person in passing. */
export type Telling = Pick<Notices, 'tell' | 'fail' | 'speak'>;

const SHOWN_MS = 7000;
/** A way back is read, and found by keyboard, before it goes. */
const ACTION_SHOWN_MS = 12_000;
/**
 * What is said in passing. A failure goes when it is closed, when what failed is done later, or when its screen is left;
 * all failures of the session are kept in {@link failures}.
 */
export class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  /** The newest first. */
  failures = $state.raw<readonly Failure[]>([]);
  /** Spoken by a screen reader. */
  spoken = $state('');
  #next = 0;
  readonly #screen: () => Screen;

  constructor(screen: () => Screen) {
    this.#screen = screen;
  }

  /** Returns the notice's number, to close it by. */
  tell(text: string, action?: Notice['action']): number {
    const id = this.#add({ text, ...(action !== undefined && { action }) });
    this.spoken = text;
    setTimeout(() => this.close(id), action === undefined ? SHOWN_MS : ACTION_SHOWN_MS);
    return id;
  }

  /** A failure of what a person has asked for on this screen. */
  fail(error: unknown, about?: string): void {
    this.#fail(error, about, false);
  }

  /** A failure that no screen speaks of: it remains until it is closed. */
  alarm(error: unknown, about?: string): void {
    this.#fail(error, about, true);
  }

  speak(text: string): void {
    this.spoken = text;
  }

  close(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }

  /** A method has succeeded: earlier failures of it are over. */
  settle(method: string): void {
    this.shown = afterDone(this.shown, this.failures, method);
  }

  /** A screen is left: its failures go out of sight. */
  leave(screen: Screen): void {
    this.shown = afterLeaving(this.shown, this.failures, screen);
  }

  /** Clears what is kept, and what of it is shown. */
  forget(): void {
    this.shown = this.shown.filter(({ error }) => error === undefined);
    this.failures = [];
  }

  #fail(error: unknown, about: string | undefined, isLasting: boolean): void {
    const told = { error, ...(about !== undefined && { about }) };
    const id = this.#add({ text: '', ...told });
    this.failures = withFailure(this.failures, { id, ...told, isLasting, screen: this.#screen() });
  }

  #add({ text, ...rest }: Omit<Notice, 'id'>): number {
    const id = this.#next++;
    // A name in it may hold characters that turn the words around.
    this.shown = withNotice(this.shown, { ...rest, text: shownName(text), id });
    return id;
  }
}
