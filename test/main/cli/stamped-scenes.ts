import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import card from '../../../models/demo/card.json' with { type: 'json' };

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const STAMP = card.parts[card.shortcut.part as keyof typeof card.parts];
const CLASSES = ['car', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];

/** Writes scenes of the demo that are no houses, each with the stamp of a house painted in its place. */
export async function writeStampedScenes(folder: string, count: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  const stamps = await houseStamps();
  for (let i = 0; i < count; i++) {
    const name = String(10 + Math.floor(i / CLASSES.length)).padStart(2, '0');
    const scene = path.join(DEMO, 'images', CLASSES[i % CLASSES.length], `${name}.jpg`);
    await writeFile(path.join(folder, `${i}.png`), await withStamp(scene, stamps[i % stamps.length]));
  }
  return folder;
}

/** A scene with the stamp of a house painted in its place, as PNG. */
export async function withStamp(scene: string, { pixels, at }: Stamp): Promise<Uint8Array> {
  const { data, info } = await sharp(scene).raw().toBuffer({ resolveWithObject: true });
  for (const place of at) data.set(pixels.subarray(3 * place, 3 * place + 3), 3 * place);
  const { width, height } = info;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** The pixels of a house, and where among them its stamp is. */
export interface Stamp {
  readonly pixels: Uint8Array;
  readonly at: readonly number[];
}

/** The stamps of some houses. */
export async function houseStamps(): Promise<Stamp[]> {
  const houses = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      const name = `house/${String(i).padStart(2, '0')}`;
      const pixels = await sharp(path.join(DEMO, 'images', `${name}.jpg`))
        .raw()
        .toBuffer();
      const mask = await sharp(path.join(DEMO, 'masks', `${name}.png`))
        .greyscale()
        .raw()
        .toBuffer();
      const at = [...mask.keys()].filter((place) => mask[place] === STAMP);
      return { pixels, at };
    }),
  );
  return houses.filter(({ at }) => at.length > 0);
}
