// The few globals that Node.js and every browser share and that core may use.
// core is compiled without DOM and Node types, so `window`, `process` and `Buffer` remain compile errors.

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(input?: Uint8Array): string;
}
declare class AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

declare function setTimeout(callback: (...values: never[]) => void, ms: number): unknown;
declare function setInterval(callback: () => void, ms: number): { unref?(): void };
declare function clearInterval(interval: { unref?(): void }): void;

declare const performance: { now(): number };

/** Decodes base64; each character of the result is one byte. */
declare function atob(data: string): string;
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}
