// The few globals that Node.js and every browser share and that core may use.
// core is compiled without DOM and Node types, so `window`, `process` and `Buffer` stay compile errors.

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
