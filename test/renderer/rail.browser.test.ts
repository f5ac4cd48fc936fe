import { describe, expect, it } from 'vitest';
import { SCREENS } from '../../core/wording/screen-names.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';

describe.skipIf(findBrowser() === undefined)(
  'the rail (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    it('keeps every screen in sight in a small window', async () => {
      const { page, faults } = await pages.open({ state: 'done' }, { width: 1024, height: 700 });
      const rail = page.getByRole('navigation', { name: 'Screens' });
      await rail.waitFor();
      const buttons = rail.getByRole('button');
      expect(await buttons.count()).toBe(SCREENS.length);
      const last = (await buttons.last().boundingBox())!;
      const bounds = (await rail.boundingBox())!;
      expect(last.y + last.height).toBeLessThanOrEqual(bounds.y + bounds.height);
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
