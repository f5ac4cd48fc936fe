import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { writeModel } from '../main/cli/colour-files.ts';
import { violations } from '../renderer/violations.ts';
import { ROOT } from './built-program.ts';
import { chooseClass, dropFiles } from './steps.ts';

/* What a person drops on the window, one after another, whatever the host. */

const DEMO = path.join(ROOT, 'models/demo');
const READ_MS = 120_000;

/** Folders and files of `home` to drop. */
async function givenFiles(home: string) {
  const given = path.join(home, 'given');
  const at = (name: string): string => path.join(given, name);
  for (const name of ['house', 'train', 'windmill'])
    await cp(path.join(DEMO, 'images', name), at(name), { recursive: true });
  for (const name of ['model.onnx', 'card.json', 'labels.txt']) await cp(path.join(DEMO, name), at(name));
  await mkdir(at('hollow'));
  await writeFile(at('photos.zip'), 'PK');
  await writeFile(at('notes.md'), 'notes');
  const model = await writeModel(at('colours'));
  const names = ['model.onnx', 'card.json', 'labels.txt', 'house'];
  return { at, model, demo: names.map(at) };
}

const images = (page: Page, count: number) => page.getByRole('heading', { name: `${count} images` });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim());

/** Drops models, images and what is neither, and compares what the window says, by keyboard. */
export async function dropOneAfterAnother(page: Page, home: string): Promise<void> {
  const { at, model, demo } = await givenFiles(home);
  await dropFiles(page, [at('photos.zip'), at('hollow')]);
  await page.getByText('Not taken: “photos.zip” (an archive); “hollow” (an empty folder).').waitFor();

  await dropFiles(page, [...demo, at('notes.md')]);
  await images(page, 40).waitFor({ timeout: READ_MS });
  await page.getByText('“notes.md” is not taken').waitFor();
  await chooseClass(page, 'house');
  expect(await readdir(path.join(home, 'projects')).catch(() => [])).toEqual([]);

  // Images alone: left, added, put in the place of the others.
  const question = page.getByRole('region', { name: 'Add 40 images, or replace the 40 that are there?' });
  await dropFiles(page, [at('train')]);
  await question.waitFor({ timeout: READ_MS });
  await expect.poll(() => focused(page)).toBe('Add');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await images(page, 40).waitFor();
  await dropFiles(page, [at('train')]);
  await question.waitFor({ timeout: READ_MS });
  await expect.poll(() => focused(page)).toBe('Add');
  await page.keyboard.press('Enter');
  await images(page, 80).waitFor({ timeout: READ_MS });
  await page.getByRole('radio', { name: /^train \d+ image/ }).waitFor({ timeout: READ_MS });
  await dropFiles(page, [at('windmill')]);
  await page.getByRole('region', { name: 'Add 40 images, or replace the 80 that are there?' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await images(page, 40).waitFor({ timeout: READ_MS });
  await page.getByRole('radio', { name: /^windmill \d+ image/ }).waitFor({ timeout: READ_MS });

  // A model with images begins a new project; Undo brings the old one back.
  await dropFiles(page, [model, model.replace('.onnx', '.json'), at('house'), at('train')]);
  const messages = page.getByRole('region', { name: 'Messages' });
  await messages.getByText('New project “colours” with 80 images.').waitFor({ timeout: READ_MS });
  await messages.getByRole('button', { name: 'Undo' }).click();
  await images(page, 40).waitFor({ timeout: READ_MS });
  await page.getByRole('heading', { name: 'model.onnx' }).waitFor();
  await page.getByRole('radio', { name: /^windmill \d+ image/ }).waitFor({ timeout: READ_MS });
}
