import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'the check of coherence, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();
    const views: PageView[] = [
      { colorScheme: 'light', width: 1440, height: 900 },
      { colorScheme: 'dark', width: 1024, height: 700 },
    ];

    it.each(views)(
      'asks by keyboard, keeps answers when left, and tells at the end ($width, $colorScheme)',
      async (view) => {
        const shots = process.env['COHERENCE_SHOTS'];
        const { page, faults } = await pages.openScreen('4', { state: 'done' }, view);
        const opener = page.getByRole('button', { name: 'Details' });
        const begin = async (name: RegExp) => {
          const button = page.getByRole('button', { name });
          await page.getByRole('grid', { name: /Crops of/ }).waitFor();
          if (!(await button.isVisible())) await opener.click();
          await button.click();
          await page.getByRole('heading', { name: 'Which crop does not belong?' }).waitFor();
        };
        const shoot = async (name: string) => {
          await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
          if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}-${view.width}.png` });
        };
        await begin(/Check all concepts/);
        await shoot('set');
        expect(await violations(page)).toEqual([]);
        // Nothing on the screen names a concept.
        expect(await page.locator('main').innerText()).not.toMatch(/Concept \d/);
        await page.keyboard.press('1');
        await page.getByText('Set 2 of').waitFor();
        // Keys of the program leave it where it is.
        for (const key of ['Enter', 'r', '7', 'ArrowRight']) await page.keyboard.press(key);
        await page.getByText('Set 2 of').waitFor();
        await page.keyboard.press('Escape');
        await page.getByText('Holds together in your eyes').waitFor({ state: 'attached' });

        await begin(/Check again/);
        await page.getByText('Set 2 of').waitFor();
        await page.getByRole('button', { name: 'Crop 3' }).click();
        const done = page.getByRole('heading', { name: /^Thank you/ });
        for (let set = 2; !(await done.isVisible()); set++) {
          await page.keyboard.press('1');
          await page
            .getByText(`Set ${set + 2} of`)
            .or(done)
            .waitFor();
        }
        await page.getByRole('cell', { name: '1 of 3' }).waitFor();
        await shoot('result');
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button', { name: 'Close' }).click();
        await page.getByRole('grid', { name: /Crops of/ }).waitFor();
        expect(faults).toEqual([]);
        await page.close();
      },
    );
  },
);
