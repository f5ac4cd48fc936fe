import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeModel, writePictures } from '../main/cli/colour-files.ts';

/** A model and pictures that take the stages seconds, not minutes. */
export async function writeCase(
  folder: string,
): Promise<{ readonly model: string; readonly images: string }> {
  await mkdir(folder, { recursive: true });
  const model = await writeModel(path.join(folder, 'model'));
  const images = await writePictures(path.join(folder, 'images'), 80);
  // What is no picture is listed, not read.
  await writeFile(path.join(images, 'notes.txt'), 'no picture');
  return { model, images };
}
