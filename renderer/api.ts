import type {
  DocumentId,
  PictureId,
  PictureSide,
  SerializedError,
  WorkbenchApi,
  WorkbenchBridge,
} from '../main/api/contract.ts';

/** A call that failed, as an exception: the text for people, and what to do. */
export class CallError extends Error {
  readonly code: SerializedError['code'];
  readonly hint: string | undefined;
  /** What was called; undefined for files that could not be taken. */
  readonly method: string | undefined;

  constructor({ name, code, message, hint }: SerializedError, method?: string) {
    super(message);
    this.method = method;
    this.name = name;
    this.code = code;
    this.hint = hint;
  }
}

/** The workbench as this page uses it: calls reject with a {@link CallError}. */
export interface Connection {
  readonly api: WorkbenchApi;
  readonly host: WorkbenchBridge['host'];
  readonly on: WorkbenchBridge['on'];
  /** Calls back with the name of every method that has succeeded. */
  readonly onDone: (listener: (method: string) => void) => void;
  /** Paths of dropped or chosen files; see {@link WorkbenchBridge.takeFiles}. */
  takeFiles(files: readonly File[], relativePaths: readonly string[]): Promise<readonly string[]>;
}

/** Wraps the bridge at `window.workbench`. */
export function connect(bridge: WorkbenchBridge): Connection {
  const calls = bridge.call as Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;
  const listeners: ((method: string) => void)[] = [];
  const api = new Proxy({} as WorkbenchApi, {
    get:
      (_, method: string) =>
      async (...args: unknown[]) => {
        const value = unwrap((await calls[method](...args)) as Parameters<typeof unwrap>[0], method);
        for (const listener of listeners) listener(method);
        return value;
      },
  });
  return {
    api,
    host: bridge.host,
    onDone: (listener) => void listeners.push(listener),
    on: (event, listener) => bridge.on(event, listener),
    takeFiles: async (files, relativePaths) => unwrap(await bridge.takeFiles(files, relativePaths)),
  };
}

/** A person stopped it: nothing to tell. */
export function isCancelled(error: unknown): boolean {
  return error instanceof CallError && error.code === 'cancelled';
}

const SIDES: readonly PictureSide[] = [96, 192, 384, 768, 1536];

/** Address of a picture that is sharp at `cssPixels` on a screen of the given density. */
export function pictureUrl(
  id: PictureId,
  cssPixels: number,
  density = globalThis.devicePixelRatio ?? 1,
): string {
  const side = SIDES.find((candidate) => candidate >= cssPixels * Math.min(density, 2)) ?? 1536;
  return `/pictures/${encodeURIComponent(id)}?side=${side}`;
}

/** Address of a page made by the workbench. */
export function documentUrl(id: DocumentId, options: { readonly download?: boolean } = {}): string {
  return `/documents/${encodeURIComponent(id)}${options.download === true ? '?download' : ''}`;
}

function unwrap<Value>(
  result:
    { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: SerializedError },
  method?: string,
): Value {
  if (result.ok) return result.value;
  throw new CallError(result.error, method);
}
