import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';

const browserPath = findBrowser();
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeWindow {
  readonly axe: {
    run(
      options: object,
    ): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
  };
}

describe.skipIf(browserPath === undefined)(
  'the tree of concepts in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function openTree(
      options: FakeOptions = { state: 'done' },
      colorScheme: 'light' | 'dark' = 'light',
    ) {
      const { page, faults } = await pages.openScreen('4', options, { colorScheme });
      await page.getByRole('radio', { name: 'Tree' }).check();
      return { page, faults };
    }

    const itemsOf = (page: Page) => page.getByRole('tree').getByRole('treeitem');
    const focusedName = (page: Page) =>
      page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    const eventually = <Value>(read: () => Promise<Value> | Value) => expect.poll(read, { timeout: 15_000 });

    it.each(['light', 'dark'] as const)(
      'is drawn in %s without a fault that axe calls serious',
      async (scheme) => {
        const { page, faults } = await openTree({ state: 'done' }, scheme);
        await eventually(() => itemsOf(page).count()).toBe(14);
        await page.waitForLoadState('networkidle');
        await page.evaluate(await readFile(axePath, 'utf8'));
        const { violations } = await page.evaluate(() =>
          (window as unknown as AxeWindow).axe.run({ resultTypes: ['violations'], iframes: false }),
        );
        const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
          [],
        );
        expect(faults).toEqual([]);
        const shot = process.env['TREE_SHOTS'];
        if (shot !== undefined) await page.screenshot({ path: `${shot}/tree-${scheme}.png` });
        await page.close();
      },
    );

    it('is walked, closed, opened and entered by keyboard alone', async () => {
      const { page, faults } = await openTree();
      const first = itemsOf(page).first();
      await first.focus();
      expect(await first.getAttribute('aria-level')).toBe('1');
      await page.keyboard.press('ArrowRight');
      await eventually(() => focusedName(page)).toMatch(/^Concept 1\.1 /);
      await page.keyboard.press('End');
      await eventually(() => focusedName(page)).toMatch(/^Concept 10 /);
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowLeft');
      await eventually(() => itemsOf(page).count()).toBe(10);
      expect(await itemsOf(page).first().getAttribute('aria-expanded')).toBe('false');
      await page.keyboard.press('ArrowRight');
      await eventually(() => itemsOf(page).count()).toBe(14);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await eventually(() => focusedName(page)).toMatch(/^Concept 1\.2 /);
      await page.keyboard.press('ArrowLeft');
      await eventually(() => focusedName(page)).toMatch(/^Concept 1 /);
      await page.keyboard.press('ArrowRight');
      await eventually(() => focusedName(page)).toMatch(/^Concept 1\.1 /);
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Gallery of Concept 1.1' }).waitFor();
      expect(await page.getByRole('grid', { name: /Crops of Concept 1\.1/ }).count()).toBe(1);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('decomposes a part at the proposed layer, and takes the parts away and back', async () => {
      const { page, faults } = await openTree();
      await page.getByRole('treeitem', { name: /^Concept 1\.2 / }).click();
      const about = page.getByRole('complementary', { name: 'About the concept' });
      await about.getByText('How much Concept 1 depends on it').waitFor();
      await eventually(() => about.getByRole('combobox', { name: 'Earlier layer' }).inputValue()).toBe(
        '/stem/stem.5/Relu_output_0',
      );
      // The run wants 4; this layer has 3 channels.
      const parts = about.getByRole('spinbutton', { name: 'Parts' });
      await eventually(() => parts.inputValue()).toBe('3');
      await parts.fill('4');
      await parts.press('Enter');
      await about.getByRole('alert').getByText('A whole number from 1 to 3').waitFor();
      expect(await about.getByRole('button', { name: 'Decompose into parts' }).isDisabled()).toBe(true);
      await parts.fill('');
      await parts.press('Enter');
      await eventually(() => parts.inputValue()).toBe('3');
      await about.getByRole('button', { name: 'Decompose into parts' }).click();
      await eventually(() => itemsOf(page).count()).toBe(17);
      await page.getByRole('treeitem', { name: /^Concept 1\.2\.3 / }).waitFor();
      await about.getByRole('button', { name: 'Take the parts away' }).click();
      await eventually(() => itemsOf(page).count()).toBe(14);
      await page.getByRole('button', { name: 'Undo', exact: false }).first().click();
      await eventually(() => itemsOf(page).count()).toBe(17);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('tells a failure in its place, with the way out', async () => {
      const { page } = await openTree({ state: 'done', failing: ['getTree'] });
      const alert = page.getByRole('alert').first();
      await alert.waitFor();
      expect(await alert.getByRole('button', { name: 'Try again' }).count()).toBe(1);
      expect(await page.getByRole('tree').count()).toBe(0);
      await page.close();
    });
  },
);
