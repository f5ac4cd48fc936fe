import { METHODS } from './channels.ts';
import type { Result, WorkbenchBridge, WorkbenchEvents } from './contract.ts';

/** What lies between a page and the workbench. */
export interface BridgeLine {
  readonly host: WorkbenchBridge['host'];
  /** Never rejects. */
  readonly send: (method: string, argument: unknown) => Promise<Result<unknown>>;
  /** Everything that the workbench tells. */
  readonly listen: (listener: (name: keyof WorkbenchEvents, payload: unknown) => void) => void;
  readonly takeFiles: WorkbenchBridge['takeFiles'];
}

/** The object at `window.workbench`: one function a method, and subscriptions by event. */
export function createBridge({ host, send, listen, takeFiles }: BridgeLine): WorkbenchBridge {
  const listeners = new Map<string, Set<(payload: never) => void>>();
  listen((name, payload) => {
    for (const listener of [...(listeners.get(name) ?? [])]) listener(payload as never);
  });
  const call = Object.fromEntries(
    METHODS.map((method) => [method, (argument?: unknown) => send(method, argument)]),
  ) as unknown as WorkbenchBridge['call'];
  return {
    host,
    call,
    on(event, listener) {
      const own = listeners.get(event) ?? new Set();
      listeners.set(event, own);
      own.add(listener);
      return () => void own.delete(listener);
    },
    takeFiles,
  };
}
