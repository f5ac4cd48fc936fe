/* Just enough of the ELF format (System V gABI, "Sections" and "Symbol Table") to rename dynamic symbols. */

const SECTION_TABLE = 0x28;
const SECTION_ENTRY_SIZE = 0x3a;
const SECTION_COUNT = 0x3c;
const DYNAMIC_SYMBOLS = 11;
const SYMBOL_SIZE = 24;

/** "g_" begins every function of GLib; "h>" has the same GNU hash (33 · 'g' + '_' = 33 · 'h' + '>'). */
const [G, UNDERSCORE] = Buffer.from('g_');
const [H, GREATER] = Buffer.from('h>');

/**
 * Gives the GLib inside a 64-bit little-endian shared library, or its calls into such a GLib, names of its own, in
 * place; returns how many symbols it renamed.
 *
 * Electron's program on Linux is linked with the system's GLib, and sharp's libvips carries another one under the same
 * names: calls then end in the wrong of the two, with crashes (lovell/sharp issues 4351 and 4522). Once both sides of
 * sharp use other names, nothing can be mixed up. The names keep their hash, so the hash table remains valid.
 *
 * Throws RangeError when the bytes end before the tables they promise.
 */
export function makeGlibPrivate(library: Uint8Array): number {
  const view = new DataView(library.buffer, library.byteOffset, library.byteLength);
  const offset = (at: number): number => Number(view.getBigUint64(at, true));
  const table = offset(SECTION_TABLE);
  const entrySize = view.getUint16(SECTION_ENTRY_SIZE, true);
  const section = (index: number) => {
    const at = table + index * entrySize;
    const type = view.getUint32(at + 4, true);
    return { type, start: offset(at + 0x18), size: offset(at + 0x20), link: view.getUint32(at + 0x28, true) };
  };
  const indices = Array.from({ length: view.getUint16(SECTION_COUNT, true) }, (_, index) => index);
  let renamed = 0;
  for (const { type, start, size, link } of indices.map(section)) {
    if (type !== DYNAMIC_SYMBOLS) continue;
    const names = section(link).start;
    for (let at = start; at < start + size; at += SYMBOL_SIZE) {
      const name = names + view.getUint32(at, true);
      if (library[name] !== G || library[name + 1] !== UNDERSCORE) continue;
      library.set([H, GREATER], name);
      renamed++;
    }
  }
  return renamed;
}
