import type { FromCompute, ToCompute } from './protocol.ts';

/** The line to the process that started this one. */
export interface ParentPort {
  post(message: FromCompute): void;
  onMessage(listener: (message: ToCompute) => void): void;
}

/** Electron's part of `process` in a utility process. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** The parent of a utility process of Electron or of a forked one of Node.js; throws when there is none. */
export function openParentPort(): ParentPort {
  const utility = (process as { parentPort?: UtilityPort }).parentPort;
  if (utility) {
    return {
      post: (message) => utility.postMessage(message),
      onMessage: (listener) => utility.on('message', ({ data }) => listener(data as ToCompute)),
    };
  }
  if (process.send === undefined) throw new Error('This program is started by Tessera, not by hand.');
  // Whoever starts us may die without a word; to compute on for nobody would be waste.
  process.on('disconnect', () => process.exit(0));
  return {
    post: (message) => void process.send?.(message),
    onMessage: (listener) => process.on('message', (message) => listener(message as ToCompute)),
  };
}
