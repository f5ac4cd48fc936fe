import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'layers and the rest (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    it.each(['light', 'dark'] as const)(
      'compares layers by what they leave unexplained, and a circle sets layer and number (%s)',
      async (colorScheme) => {
        const { page, faults } = await pages.openScreen('2', { state: 'done' }, { colorScheme });
        await page.getByRole('button', { name: 'Compare layers' }).click();
        const chart = page.getByRole('group', { name: /What no concept explains, against/ });
        const choices = chart.getByRole('button');
        await expect.poll(() => choices.count()).toBe(23);
        const best = chart.getByRole('button', { name: /the comparison argues for it/ });
        expect(await best.getAttribute('aria-label')).toBe(
          '/blocks/blocks.2/Relu_1_output_0, 5 concepts: 0.8\u00a0% that no concept explains, 2.13 active in an image, found again 0.83; the comparison argues for it',
        );
        await page
          .getByText(/argues for 5 concepts at .*blocks\.2.*: of the choices .* the fewest/)
          .waitFor();
        const earlier = chart.getByRole('button', { name: /^\/blocks\/blocks\.1.*, 15 concepts:/ });
        await earlier.focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => earlier.getAttribute('aria-pressed')).toBe('true');
        expect(await page.getByRole('spinbutton', { name: 'Concepts', exact: true }).inputValue()).toBe('15');
        expect(await page.locator('.chosen code').textContent()).toBe('/blocks/blocks.1/Relu_1_output_0');
        expect(await violations(page)).toEqual([]);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('shows what no concept explains below the list of concepts', async () => {
      const { page } = await pages.openScreen('4', { state: 'done' });
      const rest = page.locator('.rest', { hasText: 'What no concept explains' });
      await expect.poll(() => rest.textContent()).toContain('2.1\u00a0%');
      await page.close();
    });

    it('has a slider for what no concept explains in what-if', async () => {
      const { page, faults } = await pages.openScreen('5', { state: 'done' });
      const slider = page.getByRole('slider', { name: 'What no concept explains' });
      await slider.focus();
      await page.keyboard.press('Home');
      await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('not there');
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
