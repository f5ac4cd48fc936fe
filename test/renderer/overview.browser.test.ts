import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'the overview of a model (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function open(options: Partial<FakeOptions> = {}, view?: PageView) {
      const { page, faults } = await pages.open({ state: 'done', ...options }, view);
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      await page.keyboard.press('8');
      return { page, faults };
    }

    it('goes from a cell to the concept in its class by keyboard', async () => {
      const { page, faults } = await open();
      const grid = page.getByRole('grid', { name: 'Importance of concepts for classes' });
      await grid.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.getByText(/^Concept 2 for house:/).waitFor();
      await page.keyboard.press(' ');
      await page.getByRole('heading', { name: 'Concept 2 for house' }).waitFor();
      expect(await page.getByRole('img', { name: /Concept 2 in image/ }).count()).toBeGreaterThan(3);
      await page.keyboard.press('Enter');
      const list = page.getByRole('listbox', { name: 'Concepts by importance' });
      await list.getByRole('option', { name: /Concept 2/, selected: true }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('says why images of one class are called another, and opens one of them', async () => {
      const { page, faults } = await open();
      await page.getByRole('button', { name: /“house” is called “barn”/ }).click();
      await page.getByRole('heading', { name: 'Why “barn” rather than “house”?' }).waitFor();
      await page.getByText(/5 of the 7 mistakes are called “house”/).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: /^Concept 3;/ }).press('Enter');
      await page.getByRole('heading', { name: 'Concept 3', exact: true }).waitFor();
      const side = page.locator('.sides > div').filter({ hasText: '“house” called “barn”' });
      await side.getByRole('button').first().click();
      await page.locator('main[aria-label="image"]').waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('asks about any two classes, also about those that are never confused', async () => {
      const { page, faults } = await open();
      await page.getByRole('radio', { name: 'Why one and not the other' }).check();
      await page.getByRole('combobox', { name: /^Why/ }).selectOption('tree');
      await page.getByRole('combobox', { name: /^rather than/ }).selectOption('car');
      await page.getByRole('button', { name: 'Ask' }).click();
      await page.getByRole('heading', { name: 'Why “tree” rather than “car”?' }).waitFor();
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it.each([3, 100, 1000])('holds %i classes, and finds one by name', async (explained) => {
      const { page, faults } = await open({ explained }, { width: 1024, height: 700 });
      const rows = page.getByRole('rowheader');
      await rows.first().waitFor();
      // What is out of sight is not drawn.
      expect(await rows.count()).toBeLessThan(60);
      expect(await violations(page)).toEqual([]);
      if (explained > 3) {
        const title = `${explained} classes are not explained in full`;
        const same = page.getByRole('list', { name: title }).getByRole('button');
        expect(await same.count()).toBe(6);
        await page.getByRole('button', { name: 'Show all' }).press('Enter');
        expect(await same.count()).toBe(explained);
        await same.nth(4).press('Enter');
        await page.getByRole('heading', { name: /for windmill$/ }).waitFor();
      }
      if (explained > 12) {
        const name = `kind ${explained - 1}`;
        await page.getByRole('searchbox', { name: /Classes whose name/ }).fill(name);
        await expect.poll(() => rows.count()).toBe(1);
        expect(await rows.textContent()).toContain(name);
        await page.getByRole('searchbox', { name: /Classes whose name/ }).fill('no such');
        await page.getByText('No class is called so.').waitFor();
      }
      expect(faults).toEqual([]);
      await page.close();
    });

    it('says of merged concepts that some classes lack them, and computes them', async () => {
      const { page, faults } = await open({ mergedApart: true }, { width: 1024, height: 700 });
      const merged = page.getByRole('region', { name: 'Merged concepts' });
      await merged.getByText(/not yet computed together for barn/).waitFor();
      expect(await violations(page)).toEqual([]);
      await merged.getByRole('button', { name: 'Compute together' }).press('Enter');
      await page.getByText('Computed together and merged for all classes.').first().waitFor();
      expect(await merged.count()).toBe(0);
      expect(faults).toEqual([]);
      await page.close();
      const held = await open({ mergedApart: true, held: ['computeBankMerges'] });
      await held.page.getByRole('button', { name: 'Compute together' }).click();
      await held.page.getByRole('status').getByText('Computing concepts together').waitFor();
      await held.page.getByRole('button', { name: 'Cancel' }).waitFor();
      await held.page.close();
    });

    it('offers to explain every class where none is, and tells of a failure', async () => {
      const { page } = await open({ explained: 0 });
      await page.getByRole('button', { name: 'Explain every class' }).click();
      await page.locator('main[aria-label="run"]').waitFor();
      await page.close();
      const failed = await open({ failing: ['getOverview'] });
      await failed.page.getByText(/the file ends in the middle/).waitFor();
      await failed.page.close();
    });
  },
);
