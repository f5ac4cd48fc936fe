import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../../core/random.ts';
import { BLUE, RED } from '../../main/cli/colour-files.ts';

const SIDE = 64;
const IN_FLIGHT = 16;

/** Writes so many different pictures of 64 pixels: noise with a square of red or blue in each. */
export async function makePictures(folder: string, count: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      await writeFile(path.join(folder, `${String(index).padStart(7, '0')}.jpg`), await picture(index));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return folder;
}

function picture(index: number): Promise<Buffer> {
  const random = createRandom(index);
  const data = Buffer.alloc(SIDE * SIDE * 3);
  for (let i = 0; i < data.length; i++) data[i] = 90 + random.integer(20);
  const [side, top, left] = [12 + random.integer(16), random.integer(36), random.integer(36)];
  const colour = index % 3 === 2 ? BLUE : RED;
  for (let row = top; row < top + side; row++)
    for (let column = left; column < left + side; column++) data.set(colour, 3 * (SIDE * row + column));
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: 80 })
    .toBuffer();
}
