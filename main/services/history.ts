/** States that can be gone back to and forth from; each step carries its name. */
export interface History<T> {
  readonly undoName: string | null;
  readonly redoName: string | null;
  /** Remembers the state before a change. */
  record(name: string, before: T): void;
  /** The state to go back to, given the present one; undefined when there is none. */
  undo(present: T): T | undefined;
  redo(present: T): T | undefined;
  /** The state that a step would give; undefined when there is none. */
  next(step: 'undo' | 'redo'): T | undefined;
}

/** Steps that are kept. */
const KEPT = 200;

/** An empty history. */
export function createHistory<T>(): History<T> {
  const past: { name: string; state: T }[] = [];
  const future: { name: string; state: T }[] = [];
  const step = (from: typeof past, to: typeof past, present: T): T | undefined => {
    const entry = from.pop();
    if (entry === undefined) return undefined;
    to.push({ name: entry.name, state: present });
    return entry.state;
  };
  return {
    get undoName() {
      return past.at(-1)?.name ?? null;
    },
    get redoName() {
      return future.at(-1)?.name ?? null;
    },
    record(name, before) {
      past.push({ name, state: before });
      if (past.length > KEPT) past.shift();
      future.length = 0;
    },
    undo: (present) => step(past, future, present),
    redo: (present) => step(future, past, present),
    next: (direction) => (direction === 'undo' ? past : future).at(-1)?.state,
  };
}
