import { decode } from 'bmp-ts';
import type { RgbImage } from '../platform.ts';

/** Size in pixels from the first 26 bytes of a BMP, or undefined when there are fewer. */
export function bmpSize(head: Uint8Array): { width: number; height: number } | undefined {
  if (head.length < 26) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  // A negative height says that the rows run from top to bottom.
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
}

/** Decodes a BMP of 1 to 32 bits a pixel, plain or run-length coded; libvips, hence sharp, does not read BMP. */
export function readBmp(bytes: Uint8Array): RgbImage {
  const { width, height, data: rgba } = decode(Buffer.from(bytes), { toRGBA: true });
  const data = new Uint8Array(width * height * 3);
  // The fourth byte of a pixel is unused in most files, so it is no alpha.
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from];
    data[to + 1] = rgba[from + 1];
    data[to + 2] = rgba[from + 2];
  }
  return { width, height, data };
}
