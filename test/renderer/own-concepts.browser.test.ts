import path from 'node:path';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const TREES = path.join(import.meta.dirname, '../../models/demo/images/tree');

describe.skipIf(findBrowser() === undefined)(
  'own concepts in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();
    const views: PageView[] = [
      { colorScheme: 'light', width: 1440, height: 900 },
      { colorScheme: 'dark', width: 1024, height: 700 },
    ];

    async function open(view?: PageView) {
      const opened = await pages.openScreen('4', { state: 'done' }, view);
      const grid = opened.page.getByRole('grid', { name: /Crops of Concept 1/ });
      await grid.locator('img').first().waitFor();
      return { ...opened, grid };
    }

    const make = async (page: Page, name: string) => {
      await page.getByRole('button', { name: 'Make a concept of these' }).click();
      await page.getByRole('textbox', { name: /Name of the concept of/ }).fill(name);
      await page.keyboard.press('Enter');
    };
    const picked = (page: Page) => page.getByRole('gridcell', { selected: true });

    it.each(views)('are made of crops that were picked ($width, $colorScheme)', async (view) => {
      const { page, grid, faults } = await open(view);
      const cells = grid.getByRole('gridcell');
      await cells.nth(0).click({ modifiers: ['Control'] });
      await cells.nth(5).click({ modifiers: ['Shift'] });
      expect(await picked(page).count()).toBe(6);
      await cells.nth(2).click({ modifiers: ['Control'] });
      await page.getByText('5 crops picked').waitFor();
      expect(await violations(page)).toEqual([]);
      await make(page, 'a stamp');
      await page.getByText('Made “a stamp”.').first().waitFor();
      await page.getByRole('grid', { name: /Crops of a stamp/ }).waitFor();
      expect(await picked(page).count()).toBe(0);
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('say in plain words how far they are one, are taken away and come back', async () => {
      const { page, grid, faults } = await open();
      await grid.getByRole('gridcell').nth(0).focus();
      // By keyboard alone.
      for (let i = 0; i < 6; i++) {
        await page.keyboard.press('Control+Space');
        await page.keyboard.press('ArrowRight');
      }
      await make(page, 'anything random');
      const own = page.getByRole('region', { name: 'Own concepts' });
      await own.getByRole('button', { name: /anything random/ }).waitFor();
      expect(await own.textContent()).toContain('not distinguishable from random sets');
      const text = (await page.locator('body').innerText()).replaceAll('\u00a0', ' ');
      expect(text).toContain('Own concept of 6 crops of the run, told from 22 other images of the run.');
      expect(text).toContain('This is not distinguishable from random sets: 99 random sets');
      expect(text).toMatch(
        /Nearest of the found concepts: Concept 1, cosine 0.98.*Beside it Concept 1 falls from/,
      );
      await page.getByRole('button', { name: 'Take it away' }).click();
      await page.getByRole('grid', { name: /Crops of Concept 1/ }).waitFor();
      expect(await own.getByRole('listitem').count()).toBe(0);
      await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
      await own.getByRole('button', { name: /anything random/ }).waitFor();
      // A concept that was found takes its place.
      await own.getByRole('button', { name: /anything random/ }).click();
      await page.getByRole('option').nth(1).click();
      await page.getByRole('grid', { name: /Crops of Concept 2/ }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('are made of a folder, by its name', async () => {
      const { page, faults } = await open();
      const own = page.getByRole('region', { name: 'Own concepts' });
      const chooser = page.waitForEvent('filechooser');
      await own.getByRole('button', { name: 'From a folder…' }).click();
      await (await chooser).setFiles(TREES);
      await own.getByRole('textbox', { name: /^Name of the concept of/ }).fill('stripes');
      await own.getByRole('button', { name: 'Make it' }).click();
      await own.getByRole('button', { name: /stripes/ }).waitFor();
      const text = (await page.locator('body').innerText()).replaceAll('\u00a0', ' ');
      expect(text).toContain('Own concept of 24 pictures of a folder');
      expect(faults).toEqual([]);
      await page.close();
    });

    it('are named, noted, hidden and shown like those that were found', async () => {
      const { page, grid, faults } = await open();
      await grid
        .getByRole('gridcell')
        .nth(0)
        .click({ modifiers: ['Control'] });
      await grid
        .getByRole('gridcell')
        .nth(5)
        .click({ modifiers: ['Shift'] });
      await make(page, 'a stamp');
      const own = page.getByRole('region', { name: 'Own concepts' });
      await own.getByRole('button', { name: /a stamp/ }).waitFor();
      await page.getByRole('button', { name: 'Rename' }).click();
      await page.getByRole('textbox', { name: 'Name of the concept', exact: true }).fill('a yellow stamp');
      await page.keyboard.press('Enter');
      await own.getByRole('button', { name: /a yellow stamp/ }).waitFor();
      await page.getByRole('textbox', { name: 'Comment' }).fill('in a corner');
      await page.keyboard.press('Tab');
      await page.getByRole('button', { name: 'Hide', exact: true }).click();
      await page.getByRole('grid', { name: /Crops of Concept 1/ }).waitFor();
      expect(await own.getByRole('button', { name: /a yellow stamp/ }).count()).toBe(0);
      await page.getByRole('button', { name: 'Show 1 hidden' }).click();
      await own.getByRole('button', { name: /a yellow stamp/ }).click();
      expect(await page.getByRole('textbox', { name: 'Comment' }).inputValue()).toBe('in a corner');
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await page.getByRole('button', { name: 'Hide', exact: true }).waitFor();
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it.each(views)(
      'of another run of the bank are computed when they are asked for ($width)',
      async (view) => {
        const { page, faults } = await pages.openScreen('4', { state: 'done', ownPending: true }, view);
        const own = page.getByRole('region', { name: 'Own concepts' });
        await own.getByText('made in run2, not yet computed for this run').waitFor();
        expect(await violations(page)).toEqual([]);
        await own.getByRole('button', { name: 'Compute' }).press('Enter');
        await page.getByRole('grid', { name: /Crops of a fence/ }).waitFor();
        expect(await own.getByText('not yet computed').count()).toBe(0);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('say how many images are missing, and are not made before', async () => {
      const { page, grid } = await open();
      await grid
        .getByRole('gridcell')
        .nth(0)
        .click({ modifiers: ['Control'] });
      const button = page.getByRole('button', { name: 'Make a concept of these' });
      await page.getByText('1 crop picked · 4 more images are needed for a concept').waitFor();
      expect(await button.isDisabled()).toBe(true);
      expect(await violations(page)).toEqual([]);
      await grid
        .getByRole('gridcell')
        .nth(3)
        .click({ modifiers: ['Shift'] });
      await page.getByText('4 crops picked · 1 more image is needed for a concept').waitFor();
      await grid
        .getByRole('gridcell')
        .nth(4)
        .click({ modifiers: ['Control'] });
      await page.getByText('5 crops picked', { exact: true }).waitFor();
      expect(await button.isDisabled()).toBe(false);
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      expect(await picked(page).count()).toBe(0);
      await page.close();
    });

    it.each(views)(
      'are made of a folder that is dropped, which the veil leaves free ($width)',
      async (view) => {
        const { page, faults } = await open(view);
        const own = page.getByRole('region', { name: 'Own concepts' });
        const files = await page.evaluateHandle(() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(['picture'], 'stripes.png', { type: 'image/png' }));
          return transfer;
        });
        await page.dispatchEvent('body', 'dragenter', { dataTransfer: files });
        await own.getByText('Drop a folder of examples here').waitFor();
        const veil = page.locator('.veil');
        await expect
          .poll(() => veil.evaluate((one) => getComputedStyle(one).clipPath))
          .toContain('polygon(evenodd');
        const box = (await own.boundingBox())!;
        const { width, height } = page.viewportSize()!;
        expect([box.x >= 0, box.y >= 0, box.x + box.width <= width, box.y + box.height <= height]).toEqual([
          ...[true, true, true, true],
        ]);
        expect(await veil.evaluate((one) => getComputedStyle(one).clipPath)).toContain(
          `${Math.round(box.x)}px`,
        );
        await own.dispatchEvent('dragenter', { dataTransfer: files });
        await own.dispatchEvent('drop', { dataTransfer: files });
        await own.getByRole('textbox', { name: /^Name of the concept of/ }).fill('stripes');
        expect(await veil.count()).toBe(0);
        await own.getByRole('button', { name: 'Make it' }).click();
        await own.getByRole('button', { name: /stripes/ }).waitFor();
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('show crops like one that was picked, from which more are picked', async () => {
      const { page, grid, faults } = await open();
      await grid
        .getByRole('gridcell')
        .nth(1)
        .click({ modifiers: ['Control'] });
      await page.getByRole('button', { name: 'Find crops like this' }).click();
      const alike = page.getByRole('grid', { name: /Crops like the picked one/ });
      await alike.locator('img').first().waitFor();
      expect(await alike.getByRole('gridcell').first().textContent()).toContain('cosine 1.000');
      await alike
        .getByRole('gridcell')
        .nth(4)
        .click({ modifiers: ['Shift'] });
      await page.getByText(/^5 crops picked$/).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Close crops like this one' }).click();
      expect(await alike.count()).toBe(0);
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
