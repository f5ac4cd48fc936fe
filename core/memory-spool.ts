import type { ByteSpool } from './platform.ts';

/** Bytes put aside in memory. */
export function memorySpool(): ByteSpool {
  let memory = new Uint8Array(2 ** 12);
  let size = 0;
  return {
    get size() {
      return size;
    },
    append(bytes) {
      let room = memory.length;
      while (room < size + bytes.length) room *= 2;
      if (room > memory.length) {
        const larger = new Uint8Array(room);
        larger.set(memory.subarray(0, size));
        memory = larger;
      }
      memory.set(bytes, size);
      size += bytes.length;
    },
    read: (offset, length) => memory.slice(offset, offset + length),
  };
}
