/*
 * File names of Linux are bytes, mostly UTF-8. A name that is not is written in our paths as Python writes it (PEP 383):
 * each byte that is no part of UTF-8 as the lone surrogate U+DC00 + byte, which no real name holds; JSON keeps it.
 */

const ESCAPED = /[\udc80-\udcff]/;
const LONE = /(?:[\ud800-\udbff][\udc00-\udfff])|([\udc80-\udcff])/g;

/** A path as the system takes it: bytes where it holds such signs. */
export function systemPath(path: string): string | Buffer {
  if (!ESCAPED.test(path) || process.platform === 'win32') return path;
  const parts: Buffer[] = [];
  let from = 0;
  for (const found of path.matchAll(LONE)) {
    if (found[1] === undefined) continue;
    parts.push(Buffer.from(path.slice(from, found.index)), Buffer.of(found[1].charCodeAt(0) & 0xff));
    from = found.index + 1;
  }
  return parts.length === 0 ? path : Buffer.concat([...parts, Buffer.from(path.slice(from))]);
}

/** A name that the system gave as bytes, as a text; the inverse of {@link systemPath}. */
export function pathText(bytes: Buffer): string {
  const text = bytes.toString();
  if (!text.includes('\ufffd') || Buffer.from(text).equals(bytes)) return text;
  let escaped = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((count) => isWhole(bytes.subarray(at, at + count)));
    escaped +=
      length === undefined
        ? String.fromCharCode(0xdc00 + bytes[at])
        : bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return escaped;
}

/** Are these bytes one or more whole characters? */
function isWhole(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString()).equals(bytes);
}
