import { text } from 'node:stream/consumers';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const map = (page: Page) => page.getByRole('img', { name: /^Map of \d+ images/ });
const chosen = (page: Page) => page.getByRole('region', { name: 'Chosen' });
const kind = (page: Page, name: RegExp) =>
  page.getByRole('list', { name: 'Kinds of images' }).getByRole('button', { name });

/** Draws a line around the left or the right half of the map. */
async function lasso(page: Page, half: 'left' | 'right'): Promise<void> {
  await page.getByRole('button', { name: 'Draw around images' }).click();
  const box = (await map(page).boundingBox())!;
  const [from, to] = half === 'left' ? [4, box.width / 2] : [box.width / 2, box.width - 4];
  const corners = [
    [from, 4],
    [to, 4],
    [to, box.height - 4],
    [from, box.height - 4],
  ];
  await page.mouse.move(box.x + from, box.y + 4);
  await page.mouse.down();
  for (const [x, y] of corners) await page.mouse.move(box.x + x, box.y + y, { steps: 4 });
  await page.mouse.up();
}

describe.skipIf(findBrowser() === undefined)(
  'the map, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();

    it('says what would fill it where there is no run', async () => {
      const { page, faults } = await pages.open({ state: 'ready' });
      await page.getByRole('button', { name: 'Map' }).click();
      await page.getByText('No map yet').waitFor();
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it.each([
      ['light', 1440, 900],
      ['dark', 1024, 700],
    ] as const)('shows images, groups and what distances mean in %s', async (colorScheme, width, height) => {
      const { page, faults } = await pages.openScreen('9', { state: 'done' }, { colorScheme, width, height });
      await map(page).waitFor();
      await page.getByText('Neighbours are kept near each other').waitFor();
      await page.getByText('2 groups of 31 images').waitFor();
      await kind(page, /^Right/).waitFor();
      await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
      const shots = process.env['MAP_SHOTS'];
      if (shots !== undefined) await page.screenshot({ path: `${shots}/map-${colorScheme}.png` });
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('chooses what a line is drawn around, lists it on the Images screen, and takes it off', async () => {
      const { page, faults } = await pages.openScreen('9', { state: 'done' });
      await map(page).waitFor();
      await lasso(page, 'right');
      await chosen(page).getByText('11 images').waitFor();
      await chosen(page).getByRole('button', { name: 'Show these images' }).click();
      await page.getByText('11 of 31 images').waitFor();
      await page.getByText('11 chosen images').waitFor();
      await page.getByRole('button', { name: 'Not only the chosen images' }).click();
      await page.getByText('31 images given').waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('opens an image that is clicked, and shows the one under the pointer', async () => {
      const { page, faults } = await pages.openScreen('9', { state: 'done' });
      await map(page).waitFor();
      const box = (await map(page).boundingBox())!;
      let name = '';
      for (let x = 20; x < box.width && name === ''; x += 10) {
        await page.mouse.move(box.x + x, box.y + box.height / 2);
        const tip = page.locator('.tip .ellipsis');
        if ((await tip.count()) > 0) {
          name = await tip.innerText();
          await page.mouse.down();
          await page.mouse.up();
        }
      }
      expect(name).toMatch(/\.jpg$/);
      await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe(name);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('is used by keyboard alone: a kind and a group are chosen, and their paths are saved', async () => {
      const { page, faults } = await pages.openScreen('9', { state: 'done' });
      await kind(page, /^Right/).focus();
      await page.keyboard.press('Enter');
      await chosen(page).getByText('27 images').waitFor();
      await page.keyboard.press('Enter');
      await chosen(page).getByText('Draw around images on the map').waitFor();
      const group = page.getByRole('list', { name: 'Groups of images' }).getByRole('button').nth(1);
      await group.focus();
      await page.keyboard.press('Space');
      await chosen(page).getByText('11 images').waitFor();
      expect(await violations(page)).toEqual([]);
      await chosen(page).getByRole('button', { name: 'Save paths' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Saved: /tables/selected images.csv').first().waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('colours by a concept, which the map of concepts chooses too', async () => {
      const { page, faults } = await pages.openScreen('9', { state: 'done' });
      await map(page).waitFor();
      await page.getByText('Concepts', { exact: true }).last().click();
      await page.getByText('It keeps 42.0 % of the spread.').waitFor();
      for (const [label, file] of [
        ['Save as PNG', 'Concepts by direction.png'],
        ['Save as SVG', 'Concepts by direction.svg'],
      ]) {
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: label }).click();
        expect((await download).suggestedFilename()).toBe(file);
        expect(await text(await (await download).createReadStream())).toMatch(/^.PNG|^<svg/);
      }
      await page.getByRole('button', { name: /^Concept 2: importance/ }).press('Enter');
      await expect.poll(() => page.getByLabel('Colour by').inputValue()).toMatch(/^concept:/);
      await page.getByText('none', { exact: true }).waitFor();
      const shots = process.env['MAP_SHOTS'];
      if (shots !== undefined) await page.screenshot({ path: `${shots}/map-concepts.png` });
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('takes only the explained images where that is asked, and says where there are no groups', async () => {
      const { page, faults } = await pages.openScreen('9', { state: 'done', groups: 'none' });
      await page.getByText('No groups: 31 images').waitFor();
      await page.getByText('Explained (24)').click();
      await page.getByRole('img', { name: /^Map of 24 images/ }).waitFor();
      await expect.poll(() => kind(page, /^Wrong/).count()).toBe(0);
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
