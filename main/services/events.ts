import type { WorkbenchEvents } from '../api/contract.ts';

/** Tells views what happens; a view that fails to listen harms no other. */
export interface EventHub {
  emit<Name extends keyof WorkbenchEvents>(name: Name, payload: WorkbenchEvents[Name]): void;
  /** Everything that is emitted, until the returned function is called. */
  subscribe(listener: (name: keyof WorkbenchEvents, payload: unknown) => void): () => void;
}

/** A hub with no listener yet. */
export function createEventHub(): EventHub {
  const listeners = new Set<(name: keyof WorkbenchEvents, payload: unknown) => void>();
  return {
    emit: (name, payload) => {
      for (const listener of listeners) listener(name, payload);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
