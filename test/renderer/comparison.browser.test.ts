import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';
import { sidewaysOverflow } from './sideways-overflow.ts';

describe.skipIf(findBrowser() === undefined)(
  'two runs side by side (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function open(options: Omit<FakeOptions, 'state'> = {}, view?: PageView) {
      const watched = await pages.openScreen('c', { state: 'done', ...options }, view);
      await watched.page.getByRole('button', { name: 'Compare them' }).waitFor();
      return watched;
    }
    async function compared(options: Omit<FakeOptions, 'state'> = {}, view?: PageView) {
      const watched = await open(options, view);
      await watched.page.getByRole('button', { name: 'Compare them' }).press('Enter');
      await watched.page.getByText('Of 10 concepts in A').waitFor();
      return watched;
    }
    const chosen = (page: Page) => page.locator('[role=option][aria-selected=true]');

    it('proposes two runs of different projects, and swaps them by keyboard', async () => {
      const { page, faults } = await open();
      const [a, b] = [
        page.getByRole('combobox', { name: 'Run A' }),
        page.getByRole('combobox', { name: 'Run B' }),
      ];
      expect(await a.inputValue()).toBe('p1/run1');
      expect(await b.inputValue()).toBe('p2/run1');
      await page.getByRole('button', { name: 'Swap A and B' }).press('Enter');
      expect(await a.inputValue()).toBe('p2/run1');
      await b.selectOption('p2/run1');
      await page.getByText('A and B are the same run.').waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it.each([
      ['light', 1440],
      ['dark', 1024],
      ['light', 760],
    ] as const)(
      'shows what is lost, new and the same without a fault (%s, %i pixels)',
      async (colorScheme, width) => {
        const { page, faults } = await compared({}, { colorScheme, width, height: 760 });
        expect(await page.getByRole('listbox').count()).toBe(3);
        await expect.poll(() => chosen(page).textContent()).toMatch(/stamp.*most like.*importance 50\.0\s%/);
        await page.getByText('The nearest there, which is not taken for the same').waitFor();
        expect(await violations(page)).toEqual([]);
        const overflow = await sidewaysOverflow(page);
        expect(overflow).toBeLessThanOrEqual(0);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('moves through the matches by arrows and shows both sides of each, and orders them by change', async () => {
      const { page, faults } = await compared();
      const both = page.getByRole('listbox', { name: /^In both/ });
      await both.getByRole('option').first().focus();
      await page.keyboard.press('ArrowDown');
      await page.getByRole('region', { name: /in A$/ }).waitFor();
      await page.getByRole('region', { name: /in B$/ }).waitFor();
      const first = await both.getByRole('option').first().textContent();
      expect(first).toMatch(/same|changed\?/);
      await page.getByText('By change', { exact: true }).click();
      const sizes = await both
        .getByRole('option')
        .evaluateAll((options) =>
          options.map((option) =>
            Math.abs(Number(/, ([+−][\d.]+) \(/.exec(option.textContent)![1].replace('−', '-'))),
          ),
        );
      expect(sizes).toEqual([...sizes].sort((x, y) => y - x));
      expect(faults).toEqual([]);
      await page.close();
    });

    it('shows changed decisions by what became of them, and the concepts behind one', async () => {
      const { page, faults } = await compared({ comparison: { changed: 400 } });
      await page.getByText('Decisions that changed (400)').click();
      await page.getByText('Right → wrong (100)').click();
      const cells = page
        .getByRole('grid', { name: 'Images that are decided otherwise' })
        .getByRole('gridcell');
      await expect.poll(() => cells.count()).toBeGreaterThan(4);
      expect(await cells.count()).toBeLessThan(100);
      await cells.first().focus();
      await page.keyboard.press('Enter');
      await page.getByText('Right in A, wrong in B, by the folder of the image.').waitFor();
      await page.getByRole('button', { name: 'A: stamp, without it: barn' }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Open this image in A' }).press('Enter');
      await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('00.jpg');
      expect(faults).toEqual([]);
      await page.close();
    });

    it('opens a run at a concept, and says where the page was saved', async () => {
      const { page, faults } = await compared();
      await page.getByRole('button', { name: 'Save as HTML' }).press('Enter');
      await page.getByText('Saved: /home/ada/demo and harbour cameras.html').first().waitFor();
      await page.getByRole('button', { name: 'Open A at stamp' }).press('Enter');
      await page.getByRole('listbox', { name: 'Concepts by importance' }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('holds a hundred concepts on each side', async () => {
      const { page, faults } = await compared({ comparison: { concepts: 100 } });
      expect(
        await page
          .getByRole('listbox', { name: /^In both/ })
          .getByRole('option')
          .count(),
      ).toBe(99);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('says in words that two runs cannot be compared, and what would help', async () => {
      const { page } = await compared({ comparison: { isUnmatched: true } });
      await page.getByText('Nothing tells which concepts are the same').waitFor();
      await page.getByText('Explain the same folder of images with both models').waitFor();
      await page.getByText('Decisions that changed', { exact: true }).click();
      await page.getByText('Decisions are not compared. The runs were not given the same images.').waitFor();
      await page.close();
    });

    it('can be given up, and tells a failure with the way out', async () => {
      const { page } = await open({ held: ['compareRuns'] });
      await page.getByRole('button', { name: 'Compare them' }).press('Enter');
      await page.getByText('Comparing two runs').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).press('Enter');
      await page.getByText('Stopped before both runs were compared.').waitFor();
      await page.close();
      const failed = await open({ failing: ['compareRuns'] });
      await failed.page.getByRole('button', { name: 'Compare them' }).press('Enter');
      const alert = failed.page.getByRole('alert');
      await alert.getByText('the file ends in the middle').waitFor();
      expect(await alert.getByRole('button', { name: 'Try again' }).count()).toBe(1);
      await failed.page.close();
    });
  },
);
