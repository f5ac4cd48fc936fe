import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const settled = (page: Page) =>
  page.waitForFunction(() => [...document.images].every(({ complete }) => complete));

describe.skipIf(findBrowser() === undefined)(
  'columns, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();

    it.each([
      ['light', 1440, 900],
      ['dark', 1024, 700],
    ] as const)(
      'show in %s what goes along and where the model does worse',
      async (colorScheme, width, height) => {
        const { page, faults } = await pages.openScreen(
          '0',
          { state: 'done', hasTable: true },
          { colorScheme, width, height },
        );
        const first = region(page, 'What goes along').getByRole('listitem').first();
        await first.getByText('Concept 1 is stronger in images with photographer = Anna').waitFor();
        expect(await first.locator('.tiny').innerText()).toMatch(
          /^AUC 1\.00 \(0\.\d\d to 1\.00\), q [<=] 0\.\d{3} · 24 images$/,
        );
        await region(page, 'Where it does worse').getByText('wrong in 3 of 5 images').waitFor();
        await region(page, 'photos.csv').getByText('31 images of 31 have a row').waitFor();
        await settled(page);
        const shots = process.env['COLUMN_SHOTS'];
        if (shots !== undefined) await page.screenshot({ path: `${shots}/columns-${colorScheme}.png` });
        expect(await violations(page)).toEqual([]);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('lead to the images of a value, its mistakes and the concept, by keyboard', async () => {
      const { page, faults } = await pages.openScreen('0', { state: 'done', hasTable: true });
      const listed = page.getByRole('grid', { name: 'Images of this run' }).getByRole('gridcell');
      await region(page, 'Where it does worse').getByRole('button', { name: '3 wrong' }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => listed.count()).toBe(3);
      const chooser = page.getByLabel('Value of a column', { exact: true });
      expect(await chooser.locator('option:checked').innerText()).toBe('time = night (6)');
      await page.getByLabel('Which images', { exact: true }).selectOption('all');
      await expect.poll(() => listed.count()).toBe(6);
      await settled(page);
      const shots = process.env['COLUMN_SHOTS'];
      if (shots !== undefined) await page.screenshot({ path: `${shots}/filtered.png` });
      expect(await violations(page)).toEqual([]);
      await chooser.selectOption({ label: 'photographer = Anna (11)' });
      await expect.poll(() => listed.count()).toBe(11);
      await chooser.selectOption('');
      await page.keyboard.press('0');
      await region(page, 'What goes along').getByRole('button', { name: 'Show Concept 1' }).first().click();
      await page.getByRole('option', { name: /^Concept 1 /, selected: true }).waitFor();
      const crops = page.getByRole('grid', { name: /crops/i }).getByRole('gridcell');
      const before = await crops.count();
      await chooser.selectOption({ label: 'photographer = Anna (11)' });
      await expect.poll(() => crops.count()).toBe(11);
      expect(before).toBeGreaterThan(11);
      expect(faults).toEqual([]);
      await page.close();
    });

    it.each([
      ['light', 1440, 900],
      ['dark', 1024, 700],
    ] as const)(
      'show in %s how much of each concept lies in marked objects, here and beside the concept',
      async (colorScheme, width, height) => {
        const { page, faults } = await pages.openScreen(
          '0',
          { state: 'done', hasMarks: true },
          { colorScheme, width, height },
        );
        const shares = region(page, 'Inside of marked objects');
        const first = shares.getByRole('listitem').first();
        await first.getByText('looks at what is marked').waitFor();
        await first.getByText('50.0 %', { exact: true }).waitFor();
        await shares.getByText('looks beside what is marked').first().waitFor();
        await region(page, 'boxes.json').getByText('40 objects in all').waitFor();
        await settled(page);
        const shots = process.env['COLUMN_SHOTS'];
        if (shots !== undefined) await page.screenshot({ path: `${shots}/objects-${colorScheme}.png` });
        expect(await violations(page)).toEqual([]);
        await page.getByLabel('Which objects').selectOption('house');
        await first.getByText('looks at “house”').waitFor();
        await shares.getByRole('button', { name: 'Show Concept 1', exact: true }).click();
        if (width < 1100) await page.getByRole('button', { name: 'Details' }).click();
        const fact = page.locator('section.fact', { hasText: 'Inside of marked objects' });
        await fact.getByText('50.0 %: looks at what is marked').waitFor();
        await fact.getByText('60.0 %: looks at “house”').waitFor();
        if (shots !== undefined) await page.screenshot({ path: `${shots}/object-fact-${colorScheme}.png` });
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('0');
        await page.getByRole('button', { name: 'Leave boxes and masks out' }).click();
        await page.getByRole('heading', { name: 'No table and no boxes yet' }).waitFor();
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('say how to make a table where there is none, and forget one', async () => {
      const { page, faults } = await pages.openScreen('0', { state: 'done' });
      await page.getByRole('heading', { name: 'No table and no boxes yet' }).waitFor();
      await page.getByText('One column holds file names or paths').waitFor();
      await page.getByText('house/01.jpg,A,2024-03-01,61').waitFor();
      const shots = process.env['COLUMN_SHOTS'];
      if (shots !== undefined) await page.screenshot({ path: `${shots}/columns-empty.png` });
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('5');
      await page.getByRole('grid', { name: 'Images of this run' }).waitFor();
      expect(await page.getByLabel('Value of a column', { exact: true }).count()).toBe(0);
      await page.close();
      const other = await pages.openScreen('0', { state: 'done', hasTable: true });
      await other.page.getByRole('button', { name: 'Leave the table out' }).click();
      await other.page.getByRole('heading', { name: 'No table and no boxes yet' }).waitFor();
      expect([...faults, ...other.faults]).toEqual([]);
      await other.page.close();
    });
  },
);
