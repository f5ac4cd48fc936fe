/**
 * A function that opens instances, each with a memory of its own, of the kernel whose bytes are given in base64; they
 * are compiled at the first call. It returns undefined where WebAssembly or its vectors are missing or forbidden, or
 * where no address space is left: callers have a plain version too.
 */
export function kernelOpener<Exports>(base64: string): () => Exports | undefined {
  let compiled: WebAssembly.Module | undefined;
  return () => {
    try {
      compiled ??= new WebAssembly.Module(
        Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
      );
      return new WebAssembly.Instance(compiled).exports as Exports;
    } catch {
      return undefined;
    }
  };
}
