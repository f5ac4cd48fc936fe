/** Addresses are multiples of a cache line. */
const ALIGNMENT = 64;

/** Memory, handed out from its beginning, and what is to be written there. Addresses in bytes. */
export class Arena {
  readonly #contents: { readonly start: number; readonly data: Float32Array | Int32Array }[] = [];
  // The first bytes are left free: an address of 0 says that there is nothing.
  #end = ALIGNMENT;

  get end(): number {
    return this.#end;
  }

  /** Room for so many bytes. */
  reserve(bytes: number): number {
    const start = this.#end;
    this.#end = Math.ceil((start + bytes) / ALIGNMENT) * ALIGNMENT;
    return start;
  }

  /** Room for data, which `write` puts there. */
  place(data: Float32Array | Int32Array): number {
    const start = this.reserve(data.byteLength);
    this.#contents.push({ start, data });
    return start;
  }

  write(memory: ArrayBufferLike): void {
    for (const { start, data } of this.#contents)
      new Uint8Array(memory).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  }
}
