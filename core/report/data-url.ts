const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes as a `data:` URL (RFC 2397, base 64 of RFC 4648). */
export function dataUrl(mediaType: 'image/jpeg' | 'image/png', bytes: Uint8Array): string {
  return `data:${mediaType};base64,${base64(bytes)}`;
}

/** core has neither Buffer nor btoa: three bytes become four digits. */
function base64(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i], bytes[i + 1] ?? 0, bytes[i + 2] ?? 0];
    const bits = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(bits >> shift) & 63]).join('');
    const missing = Math.max(0, i + 3 - bytes.length);
    groups.push(missing === 0 ? digits : digits.slice(0, 4 - missing).padEnd(4, '='));
  }
  return groups.join('');
}
