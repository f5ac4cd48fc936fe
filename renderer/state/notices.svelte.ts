/** A message at the edge of the window: a failure, or a deed with a way back. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly error?: unknown;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const SHOWN_MS = 7000;

/** What is said in passing; failures remain until they are closed. */
export class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  /** Spoken by a screen reader. */
  spoken = $state('');
  #next = 0;

  tell(text: string, action?: Notice['action']): void {
    const id = this.#add({ text, ...(action !== undefined && { action }) });
    this.spoken = text;
    setTimeout(() => this.close(id), SHOWN_MS);
  }

  fail(error: unknown): void {
    this.#add({ text: '', error });
  }

  speak(text: string): void {
    this.spoken = text;
  }

  close(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#next++;
    this.shown = [...this.shown.slice(-2), { ...notice, id }];
    return id;
  }
}
