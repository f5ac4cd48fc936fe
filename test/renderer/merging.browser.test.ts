import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'merging concepts in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();
    const views: PageView[] = [
      { colorScheme: 'light', width: 1440, height: 900 },
      { colorScheme: 'dark', width: 1024, height: 700 },
    ];
    const COMPUTING: FakeOptions = { state: 'done', held: ['editConcept'] };
    /** Merges the first concept with the fourth by keyboard alone. */
    const openMerged = async (options: FakeOptions, view?: PageView) => {
      const opened = await pages.openScreen('4', options, view);
      const { page } = opened;
      const list = page.getByRole('listbox', { name: 'Concepts by importance' });
      await list.focus();
      await page.keyboard.press('m');
      for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      return { ...opened, list };
    };

    it('shows one concept in the place of two, on every screen, and both again', async () => {
      const { page, list, faults } = await openMerged({ state: 'done' });
      const options = list.getByRole('option');
      await expect.poll(() => options.count()).toBe(9);
      expect(await options.first().textContent()).not.toContain('found again');
      const about = page.getByRole('region', { name: 'Merged from' });
      expect(await about.getByRole('listitem').allInnerTexts()).toEqual(['Concept 1', 'Concept 4']);
      await page.getByText('Computed together and merged: “Concept 1”').first().waitFor();
      // A merged concept has no parts of its own.
      expect(await page.getByRole('region', { name: 'Parts', exact: true }).count()).toBe(0);

      await page.keyboard.press('6');
      await expect
        .poll(() => page.getByText('Checked as the run found them', { exact: false }).count())
        .toBe(1);
      await expect.poll(() => page.getByText('Concept 4 (by itself)').count()).toBeGreaterThan(0);
      await page.keyboard.press('7');
      await expect.poll(() => page.getByRole('checkbox', { name: 'Concept 3' }).count()).toBe(1);
      expect(await page.getByRole('checkbox', { name: 'Concept 4' }).count()).toBe(0);

      await page.keyboard.press('4');
      await page.getByRole('button', { name: 'Unmerge', exact: true }).press('Enter');
      await expect.poll(() => options.count()).toBe(10);
      expect(faults).toEqual([]);
      await page.close();
    });

    it.each(views)(
      'says that concepts are computed together, and can be stopped ($width, $colorScheme)',
      async (view) => {
        const { page, list, faults } = await openMerged(COMPUTING, view);
        const status = page.getByText('“Concept 1” and “Concept 4”');
        await status.waitFor();
        await page.getByText('Computing concepts together').first().waitFor();
        expect(await violations(page)).toEqual([]);
        // No second merge beside it.
        await page.keyboard.press('m');
        expect(await page.getByText('with which concept?').count()).toBe(0);
        await page.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
        await page.getByText('The merge was stopped: nothing has changed.').first().waitFor();
        expect(await list.getByRole('option').count()).toBe(10);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it.each(views)('has no fault that axe finds ($width, $colorScheme)', async (view) => {
      const { page } = await openMerged({ state: 'done' }, view);
      await page.getByText('9 concepts from').waitFor();
      for (const key of ['4', '5', '6', '7']) {
        await page.keyboard.press(key);
        await page.waitForLoadState('networkidle');
        expect(await violations(page)).toEqual([]);
      }
      await page.close();
    });
  },
);
