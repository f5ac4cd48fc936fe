import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';

const browserPath = findBrowser();

describe.skipIf(browserPath === undefined)(
  'a gallery of 20,000 crops (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function open() {
      const { page, faults } = await pages.openScreen('4', { state: 'done', crops: 20_000 });
      const grid = page.getByRole('grid', { name: /Crops of/ });
      await grid.locator('img').first().waitFor();
      return { page, grid, faults };
    }

    const indexInFocus = (page: Page) =>
      expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-index')));

    it('draws only the crops in sight of 20,000 and reaches the last by keyboard', async () => {
      const { page, grid, faults } = await open();
      await grid.getByRole('gridcell').first().focus();
      expect(await grid.getByRole('gridcell').count()).toBeLessThan(120);
      await page.keyboard.press('End');
      await indexInFocus(page).toBe('19999');
      expect(await grid.getByRole('gridcell').count()).toBeLessThan(120);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(
        await page.getByRole('button', { name: 'Images', exact: true }).getAttribute('aria-current'),
      ).toBe('page');
      expect(faults).toEqual([]);
      await page.close();
    });

    it('leaves pictures out while it is flung, keeps its nodes, and shows what it stops at', async () => {
      const { page, grid, faults } = await open();
      const flung = await grid.evaluate(async (sheet) => {
        const rows = [...sheet.querySelectorAll('[role="row"]')];
        for (let i = 0; i < 30; i++) {
          sheet.parentElement!.scrollTop += 2000;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        const pictures = sheet.querySelectorAll('img').length;
        return { pictures, areKept: rows.every((row) => row.isConnected) };
      });
      expect(flung).toEqual({ pictures: 0, areKept: true });
      await expect.poll(() => grid.locator('.waiting').count()).toBe(0);
      expect(await grid.locator('img').count()).toBe(await grid.getByRole('gridcell').count());
      const first = grid.getByRole('gridcell').first();
      expect(await first.textContent()).toMatch(/^Image \d+, amount/);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('is read row by row from the top wherever it stands', async () => {
      const { page, grid } = await open();
      for (const top of [0, 700, 50_000]) {
        await grid.evaluate((sheet, to) => (sheet.parentElement!.scrollTop = to), top);
        const isInOrder = async () => {
          const rows = await rowsHeard(page);
          const isThere = top === 0 ? rows[0] === 1 : rows[0] > 1;
          return isThere && rows.length > 3 && rows.every((row, i) => row === rows[0] + i);
        };
        // The accessibility tree follows the page after a while.
        await expect.poll(isInOrder).toBe(true);
      }
      await page.close();
    });

    it('keeps the keys when the crop in focus is scrolled out of sight', async () => {
      const { page, grid } = await open();
      await grid.getByRole('gridcell').first().focus();
      await grid.evaluate((sheet) => (sheet.parentElement!.scrollTop = 50_000));
      await expect.poll(() => grid.evaluate((sheet) => document.activeElement === sheet)).toBe(true);
      await page.keyboard.press('ArrowRight');
      await indexInFocus(page).toBe('1');
      expect(await grid.evaluate((sheet) => sheet.parentElement!.scrollTop)).toBe(0);
      await page.close();
    });
  },
);

/** Numbers of the grid's rows in the order in which the accessibility tree has them. */
async function rowsHeard(page: Page): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const grid = nodes.find(
    ({ role, name }) => role?.value === 'grid' && /^Crops of/.test(name?.value as string),
  );
  const rows: number[] = [];
  for (const id of grid?.childIds ?? []) {
    const backendNodeId = nodes.find(({ nodeId }) => nodeId === id)!.backendDOMNodeId!;
    const { attributes = [] } = (await session.send('DOM.describeNode', { backendNodeId })).node;
    rows.push(Number(attributes[attributes.indexOf('aria-rowindex') + 1]));
  }
  await session.detach();
  return rows;
}
