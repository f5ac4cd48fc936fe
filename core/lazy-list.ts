/**
 * A list whose entries are made when they are asked for, and not kept: so that a list of very many records takes no memory
 * but for those in use. It reads as any array does (index, `map`, `for of`, JSON); it cannot be changed, and it cannot be
 * sent to another thread or process: take a slice for that.
 *
 * Limits   `make` is called anew each time, so entries are equal but not the same object; it must not fail for 0 … length - 1.
 */
export function lazyList<T>(length: number, make: (index: number) => T): readonly T[] {
  const target: T[] = [];
  target.length = length;
  const indexOf = (key: string | symbol): number => {
    const index = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : -1;
    return index < length ? index : -1;
  };
  return new Proxy(target, {
    get(list, key, receiver): unknown {
      const index = indexOf(key);
      return index >= 0 ? make(index) : Reflect.get(list, key, receiver);
    },
    has: (list, key) => indexOf(key) >= 0 || Reflect.has(list, key),
    ownKeys: (list) => [...Array.from({ length }, (_, index) => String(index)), ...Reflect.ownKeys(list)],
    getOwnPropertyDescriptor(list, key) {
      const index = indexOf(key);
      if (index < 0) return Reflect.getOwnPropertyDescriptor(list, key);
      return { value: make(index), writable: false, enumerable: true, configurable: true };
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}

/** Some numbers [n, width] as a list of n rows, which share their memory. */
export function rowsOf<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(
  data: T,
  width: number,
): readonly T[] {
  return lazyList(data.length / width, (row) => data.subarray(row * width, (row + 1) * width) as T);
}
