import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'a model without a cut (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    it.each(['light', 'dark'] as const)(
      'says why it has no concepts, and is explained by maps, by keyboard alone (%s)',
      async (colorScheme) => {
        const { page, faults } = await pages.open({ state: 'ready', isUncut: true }, { colorScheme });
        await page.getByRole('navigation', { name: 'Screens' }).waitFor();
        await page.keyboard.press('2');
        await page.getByText('there is nothing to cut at').waitFor();
        await page.getByText('Without a cut there are no concepts').waitFor();
        expect(await page.getByRole('button', { name: 'Explain' }).count()).toBe(0);
        expect(await violations(page)).toEqual([]);
        await page.getByLabel('Class to explain').selectOption('house');
        await page.getByLabel('Method').selectOption('rise');
        const count = page.getByRole('spinbutton', { name: 'Pictures' });
        await count.fill('99');
        await count.press('Tab');
        await page.getByText('A whole number from 1 to 64').waitFor();
        expect(await page.getByRole('button', { name: 'Draw the maps' }).isDisabled()).toBe(true);
        await count.fill('5');
        await count.press('Tab');
        await page.getByRole('button', { name: 'Draw the maps' }).press('Enter');
        await page.getByRole('img', { name: 'Where the score comes from in sailboat/4.jpg' }).waitFor();
        expect(await page.getByRole('img', { name: /^Where the score/ }).count()).toBe(5);
        await page.getByText('17.jpg: corrupt JPEG').waitFor();
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button', { name: 'Save as HTML' }).press('Enter');
        await page.getByText('Saved: /home/ada/model maps.html').first().waitFor();
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('can be given up while maps are drawn, and drawn again', async () => {
      const { page, faults } = await pages.open({
        state: 'ready',
        isUncut: true,
        held: ['drawScoreMaps'],
      });
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      await page.keyboard.press('2');
      await page.getByRole('button', { name: 'Draw the maps' }).click();
      const panel = page.getByRole('region', { name: 'Where it looks' });
      await panel.getByText('Drawing where it looks').waitFor();
      await panel.getByRole('button', { name: 'Cancel' }).press('Enter');
      await page.getByText('Stopped.').waitFor();
      await panel.getByRole('button', { name: 'Draw the maps' }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
