import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const list = (page: Page) => page.getByRole('region', { name: 'Runs of demo' });
const rowOf = (page: Page, label: string) => list(page).getByRole('listitem', { name: label, exact: true });
const textOf = async (page: Page, label: string): Promise<string> =>
  (await rowOf(page, label).innerText()).replaceAll(/\s+/g, ' ');

describe.skipIf(findBrowser() === undefined)(
  'the runs of a project, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();

    it.each([
      ['light', 1440, 900],
      ['dark', 1024, 700],
    ] as const)('are listed in %s, the damaged one with its reason', async (colorScheme, width, height) => {
      const { page, faults } = await pages.openScreen('3', { state: 'done' }, { colorScheme, width, height });
      expect(await list(page).getByRole('listitem').count()).toBe(3);
      expect(await textOf(page, 'Run 1')).toMatch(
        /house .*shown 10 concepts · 24 images · 21\.0 s · .*Trust: good/,
      );
      expect(await textOf(page, 'Run 2')).toMatch(/run2\/run\.json is empty\. damaged/);
      expect(await textOf(page, 'Run 3')).toMatch(/lighthouse .*unfinished/);
      const shots = process.env['RUN_SHOTS'];
      if (shots !== undefined)
        await page.screenshot({ path: `${shots}/runs-${colorScheme}.png`, fullPage: true });
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('are renamed, deleted and restored by keyboard alone', async () => {
      const { page, faults } = await pages.openScreen('3', { state: 'done' });
      await page.getByRole('button', { name: 'Rename Run 1' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Name of the run' }).waitFor();
      await page.keyboard.type('all houses');
      await page.keyboard.press('Enter');
      await rowOf(page, 'all houses').waitFor();
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
        .toBe('Rename all houses');
      await page.getByRole('button', { name: 'Delete Run 2' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Run 2 is deleted.').waitFor();
      expect(await rowOf(page, 'Run 2').count()).toBe(0);
      await page.keyboard.press('z');
      await rowOf(page, 'Run 2').waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('are not headed by one that was deleted', async () => {
      const { page, faults } = await pages.openScreen('3', { state: 'done' });
      await page.getByRole('heading', { level: 1, name: 'house' }).waitFor();
      await page.getByRole('button', { name: 'Delete Run 1' }).click();
      await page.getByText('Run 1 is deleted.').waitFor();
      await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('tell the total time of one that has ended, and no longer that its concepts have no order', async () => {
      const { page } = await pages.openScreen('3', { state: 'done' });
      await page.getByText('Finished in 21.0 s · on cpu').waitFor();
      expect(await page.getByText('in no order yet').count()).toBe(0);
      await page.close();
    });

    it('of a project that a browser sent are said to be of a copy, and where that lies', async () => {
      const { page } = await pages.openScreen('4', { state: 'done', isCopy: true });
      await page
        .getByText(/is a copy of the folder that was dropped.* stays in the copy, \/home\/ada\/demo\.tessera/)
        .waitFor();
      expect(await violations(page)).toEqual([]);
      await page.close();
    });

    it('fill the setup again', async () => {
      const { page } = await pages.openScreen('3', { state: 'done' });
      await page.getByRole('button', { name: 'Set up Run 1 again' }).click();
      await page.getByRole('heading', { name: 'This run' }).waitFor();
      await page.close();
    });
  },
);
