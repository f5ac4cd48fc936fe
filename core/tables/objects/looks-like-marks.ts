const PIECE = 1 << 20;
const KEYS = ['"images"', '"annotations"'] as const;

/** Is a file a list of boxes or masks in COCO's form rather than a table or a list of names? Its text alone is looked at. */
export function looksLikeCoco(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('latin1');
  if (!/^[^\w"[]*\{/.test(decoder.decode(bytes.subarray(0, 1000)))) return false;
  const missing = new Set<string>(KEYS);
  // Pieces overlap, so that no key is cut in two.
  for (let at = 0; at < bytes.length && missing.size > 0; at += PIECE - 100) {
    const text = decoder.decode(bytes.subarray(at, at + PIECE));
    for (const key of missing) if (text.includes(key)) missing.delete(key);
  }
  return missing.size === 0;
}

/** Is it the XML of Pascal VOC, by its beginning? */
export function looksLikeVoc(bytes: Uint8Array): boolean {
  return /<annotation[\s>]/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 4000)));
}
