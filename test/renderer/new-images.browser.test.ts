import { join } from 'node:path';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { dropFiles } from '../e2e/steps.ts';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';
import { sidewaysOverflow } from './sideways-overflow.ts';

describe.skipIf(findBrowser() === undefined)(
  'new images by the concepts of a run (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();
    const FILE = [join(import.meta.dirname, '../../models/demo/images/house/01.jpg')];

    async function scored(options: Omit<FakeOptions, 'state'> = {}, view?: PageView) {
      const watched = await pages.openScreen('n', { state: 'done', ...options }, view);
      const { page } = watched;
      await page.getByText('Drop a folder of new images').waitFor();
      await dropFiles(page, FILE);
      await page.getByRole('grid', { name: 'New images' }).waitFor();
      return watched;
    }
    const rows = (page: Page) => page.getByRole('grid', { name: 'New images' }).locator('[data-index]');

    it.each([
      ['light', 1440],
      ['dark', 1024],
      ['light', 760],
    ] as const)(
      'tells what drifts in plain words, without a fault (%s, %i pixels)',
      async (colorScheme, width) => {
        const { page, faults } = await scored({}, { colorScheme, width, height: 760 });
        if (width < 800) await page.getByRole('button', { name: 'List', exact: true }).click();
        await page.getByText('More of “Concept 1” than in the run’s images', { exact: true }).waitFor();
        await page
          .getByText('mean 2.10 → 4.30; distance 0.62, by chance up to 0.24; adjusted p 0.004')
          .first()
          .waitFor();
        await page.getByText('7 concepts as in the run’s images').waitFor();
        expect(await violations(page)).toEqual([]);
        const overflow = await sidewaysOverflow(page);
        expect(overflow).toBeLessThanOrEqual(0);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('draws only the rows in sight of 20,000 images, and reaches the last by keyboard', async () => {
      const { page, faults } = await scored({ newImages: { images: 20_000, concepts: 100 } });
      await rows(page).first().focus();
      expect(await rows(page).count()).toBeLessThan(60);
      await page.keyboard.press('End');
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-index')))
        .toBe('19999');
      expect(await rows(page).count()).toBeLessThan(60);
      expect(await page.getByRole('grid', { name: 'New images' }).getAttribute('aria-rowcount')).toBe(
        '20001',
      );
      expect(faults).toEqual([]);
      await page.close();
    });

    it('shows an image with its concepts, large and back by keyboard', async () => {
      const { page, faults } = await scored();
      await rows(page).nth(1).focus();
      await page.keyboard.press('Enter');
      await page.getByText('/drops/november/00012.jpg').waitFor();
      await page.getByText('More than in any image of the run').first().waitFor();
      await page.getByRole('button', { name: 'Show large', exact: true }).press('Enter');
      await page.getByRole('img', { name: '00012.jpg' }).first().waitFor();
      await page.keyboard.press('ArrowRight');
      await page.getByText('/drops/november/00024.jpg').first().waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('grid', { name: 'New images' }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('gathers the images that the concepts do not know, and sorts by a concept that is chosen', async () => {
      const { page, faults } = await scored();
      await page.getByText('Unknown to the concepts (5)').click();
      await page.getByText('The concepts know nothing of these.').waitFor();
      expect(
        await page
          .getByRole('grid', { name: /do not know/ })
          .getByRole('gridcell')
          .count(),
      ).toBe(5);
      expect(await violations(page)).toEqual([]);
      await page.getByText('All images', { exact: true }).click();
      await page.getByText('Less of “Concept 2” than in the run’s images', { exact: true }).click();
      await page.getByText('Amount and “Gives” are those of “Concept 2”').waitFor();
      const amount = page.getByRole('columnheader', { name: 'Amount' });
      await expect.poll(() => amount.getAttribute('aria-sort')).toBe('descending');
      await page.getByRole('button', { name: 'Save as CSV' }).press('Enter');
      await page.getByText('Saved: /home/ada/demo new images.csv').first().waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('says what is missing where the run has too few images', async () => {
      const { page } = await scored({ newImages: { isFew: true } });
      await page.getByText('Drift was not looked for: it takes 5 images that are called house').waitFor();
      await page.getByText('Unknown to the concepts (0)').click();
      await page.getByText('too few images to tell what rest is usual').waitFor();
      await page.close();
    });

    it('can be given up, and tells a failure with the way out', async () => {
      for (const [options, text] of [
        [{ held: ['scoreImages'] }, 'Looking for the concepts in new images'],
        [{ failing: ['scoreImages'] }, 'the file ends in the middle of the graph'],
      ] as const) {
        const { page } = await pages.openScreen('n', { state: 'done', ...options });
        await page.getByText('Drop a folder of new images').waitFor();
        await dropFiles(page, FILE);
        await page.getByText(text).first().waitFor();
        if ('held' in options) {
          await page.getByRole('button', { name: 'Cancel' }).press('Enter');
          await page.getByText('Stopped before every image was looked at.').waitFor();
        } else await page.getByRole('button', { name: 'Try again' }).waitFor();
        await page.close();
      }
    });

    it('is offered beside adding and replacing when images are dropped on another screen of a run', async () => {
      const { page, faults } = await pages.openScreen('4', { state: 'done' });
      await dropFiles(page, FILE);
      await page.getByRole('button', { name: 'Explain with this run’s concepts' }).press('Enter');
      await page.getByRole('grid', { name: 'New images' }).waitFor();
      expect(
        await page.getByRole('button', { name: 'New images' }).first().getAttribute('aria-current'),
      ).toBe('page');
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
