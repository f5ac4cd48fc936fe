import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'a preprocessing and labels in doubt (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    it.each(['light', 'dark'] as const)(
      'are said aloud in the setup, and names are moved only when a person says so (%s)',
      async (colorScheme) => {
        const { page, faults } = await pages.openScreen(
          '2',
          { state: 'done', isDoubtful: true },
          { colorScheme },
        );
        await page.getByText('so the ImageNet mean and deviation are assumed').first().waitFor();
        await page.getByText('labels.txt has 9 names for 8 classes and is not taken').waitFor();
        const off = page.getByText('The class names look off by one: 1 of 12 images are called');
        await off.waitFor();
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button', { name: 'Move the names by one' }).last().press('Enter');
        await off.waitFor({ state: 'detached' });
        expect(await page.getByText('is not taken').count()).toBe(0);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('lets the way to resize be chosen beside the values', async () => {
      const { page } = await pages.openScreen('2', { state: 'done', isDoubtful: true });
      const resizing = page.getByLabel('How pictures are resized');
      expect(await resizing.inputValue()).toBe('opencv-squash');
      await resizing.selectOption('pil-crop');
      await page.getByText('chosen here').waitFor();
      expect(await page.locator('select[aria-label="Preprocessing"]').inputValue()).toBe('imagenet');
      expect(await resizing.inputValue()).toBe('pil-crop');
      await page.getByRole('button', { name: 'Compare all' }).click();
      await page.getByText('right most often').waitFor();
      await page.close();
    });
  },
);
