import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { Model } from '../../../core/onnx/graph.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import { colourModel } from '../../fixtures/colour-model.ts';

const CARD = {
  labels: ['red', 'green', 'blue'],
  preprocessing: { size: 32, fit: 'stretch', kernel: 'nearest' },
};

/** Writes a model (the colour model unless another is given) with its card and returns its path. */
export async function writeModel(
  folder: string,
  model: Model | Uint8Array = colourModel({ squash: true }),
  card: object | undefined = CARD,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'colours.onnx');
  await writeFile(file, model instanceof Uint8Array ? model : encodeModel(model));
  if (card !== undefined) await writeFile(path.join(folder, 'colours.json'), JSON.stringify(card));
  return file;
}

export type Rgb = readonly [number, number, number];
export const RED: Rgb = [240, 20, 20];
export const BLUE: Rgb = [20, 20, 240];
export const GREY: Rgb = [100, 100, 100];

/** A square of colour in a picture of 32 x 32 pixels. */
export interface Blob {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly colour: Rgb;
}

/** A grey picture with squares of colour on it, as PNG or what `format` says. */
export async function scene(blobs: readonly Blob[], format: 'png' | 'jpeg' = 'png'): Promise<Buffer> {
  const data = Buffer.alloc(32 * 32 * 3, Uint8Array.from(GREY));
  for (const { left, top, side, colour } of blobs) {
    for (let row = top; row < top + side; row++) {
      for (let column = left; column < left + side; column++) data.set(colour, 3 * (32 * row + column));
    }
  }
  const picture = sharp(data, { raw: { width: 32, height: 32, channels: 3 } });
  return picture.toFormat(format).toBuffer();
}

/** The blobs of picture `index`: every third picture is blue, and places and sizes vary. */
export function blobsOf(index: number): Blob[] {
  const place = (step: number): number => 4 * ((index * step) % 5);
  const colour = index % 3 === 2 ? BLUE : RED;
  return [{ left: place(1), top: place(3), side: 8 + 4 * (index % 2), colour }];
}

/** Writes `count` pictures, of which two thirds are red, and returns their folder. */
export async function writePictures(folder: string, count: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  const names = Array.from({ length: count }, (_, index) => `${String(index).padStart(3, '0')}.png`);
  await Promise.all(
    names.map(async (name, index) => writeFile(path.join(folder, name), await scene(blobsOf(index)))),
  );
  return folder;
}
