import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const grid = (page: Page) => page.getByRole('grid', { name: 'Images of this run' });
/** Names of the listed images, as they are spoken. */
const listed = async (page: Page): Promise<string[]> =>
  (await grid(page).getByRole('gridcell').locator('.visually-hidden').allInnerTexts()).map((text) =>
    text.replaceAll(/\s+/g, ' '),
  );
const choose = (page: Page, what: string, value: string) =>
  page.getByLabel(what, { exact: true }).selectOption(value);
const large = (page: Page) => page.getByRole('region', { name: 'Image', exact: true }).locator('img').first();
const title = (page: Page) => page.getByRole('heading', { level: 1 });

describe.skipIf(findBrowser() === undefined)(
  'mistakes, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();

    it.each([
      ['light', 1440, 900],
      ['dark', 1024, 700],
    ] as const)(
      'are told in %s over all images given, in a matrix whose cells list them',
      async (colorScheme, width, height) => {
        const { page, faults } = await pages.openScreen(
          '5',
          { state: 'done' },
          { colorScheme, width, height },
        );
        await page.getByText('27 of 30 images are called what their folder says').click();
        await page.getByRole('button', { name: '2 images of barn called house' }).click();
        await expect
          .poll(() => listed(page))
          .toEqual([
            '01.jpg, house 91.0 %, a mistake: the folder says barn, shown',
            '02.jpg, house 58.0 %, a mistake: the folder says barn',
          ]);
        await expect.poll(() => title(page).innerText()).toBe('01.jpg');
        await page.getByText('barn called house', { exact: true }).waitFor();
        const why = page.getByRole('region', { name: 'Why not another answer?' });
        await why.getByText('The folder says barn, the model says house.').waitFor();
        await why.getByRole('heading', { name: 'For barn' }).waitFor();
        expect(
          (await why.getByRole('listitem').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')),
        ).toEqual(['Concept 1 1.40', 'Concept 3 0.40', 'Concept 2 0.90']);
        await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
        const shots = process.env['MISTAKE_SHOTS'];
        if (shots !== undefined) await page.screenshot({ path: `${shots}/mistakes-${colorScheme}.png` });
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button', { name: 'All images again' }).click();
        await page.getByText('31 images given').waitFor();
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('are found by keyboard alone, the surest first, and walked through', async () => {
      const { page, faults } = await pages.openScreen('5', { state: 'done' });
      await page.getByRole('button', { name: '3 mistakes' }).focus();
      await page.keyboard.press('Enter');
      const files = ['01.jpg', '04.jpg', '02.jpg'];
      await expect.poll(async () => (await listed(page)).map((text) => text.split(',')[0])).toEqual(files);
      for (const file of files) {
        await expect.poll(() => title(page).innerText()).toBe(file);
        // An element that is given another picture shows the old one until that is there.
        expect(await large(page).getAttribute('data-before')).toBeNull();
        await large(page).evaluate((picture) => picture.setAttribute('data-before', 'yes'));
        await page.keyboard.press('ArrowRight');
      }
      await choose(page, 'Folder', 'barn');
      await expect.poll(async () => (await listed(page)).length).toBe(2);
      await choose(page, 'Which images', 'right');
      await expect
        .poll(async () => (await listed(page)).map((text) => text.split(',')[0]))
        .toEqual(['00.jpg', '03.jpg']);
      await choose(page, 'Which images', 'unknown');
      await page.getByText('No image fits.').waitFor();
      await choose(page, 'Folder', '');
      await expect.poll(async () => (await listed(page)).length).toBe(1);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('can be ordered by a concept once it was looked for in images that were not explained', async () => {
      const { page, faults } = await pages.openScreen('5', { state: 'done' });
      const last = page.getByText('7 images not explained: how much is in them is not known.');
      await choose(page, 'Order of the images', 'most:c0');
      await last.waitFor();
      await page.getByRole('button', { name: 'Look', exact: true }).click();
      await last.waitFor({ state: 'detached' });
      expect((await listed(page)).slice(0, 1)).toEqual([
        '02.jpg, house 58.0 %, a mistake: the folder says barn',
      ]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('are found from the search box', async () => {
      const { page, faults } = await pages.openScreen('4', { state: 'done' });
      await page.keyboard.press('Control+k');
      await page.keyboard.type('mistakes');
      await page.keyboard.press('Enter');
      await expect.poll(async () => (await listed(page)).length).toBe(3);
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
