import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderComparison } from '../../../core/report/comparison/comparison-page.ts';
import { findBrowser } from '../../renderer/find-browser.ts';
import { sharedBrowser } from '../../renderer/shared-browser.ts';
import { violations } from '../../renderer/violations.ts';
import { A, B, pageOf } from './sample-comparison.ts';

describe.skipIf(findBrowser() === undefined)(
  'a comparison in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-comparison-'));
    const file = join(folder, 'comparison.html');
    let browser: Browser;

    beforeAll(async () => {
      writeFileSync(file, renderComparison(pageOf(A, B)));
      browser = await sharedBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(['light', 'dark'] as const)(
      'has nothing that axe objects to in the %s theme',
      async (colorScheme) => {
        const page = await browser.newPage({
          viewport: { width: 1024, height: 900 },
          colorScheme,
          bypassCSP: true,
        });
        await page.goto(pathToFileURL(file).href);
        expect(await violations(page)).toEqual([]);
        await page.close();
      },
    );

    it.each([1440, 1024, 700, 420])(
      'has no horizontal scroll at %i pixels, on paper neither',
      async (width) => {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        await page.goto(pathToFileURL(file).href);
        const across = () => page.evaluate(() => document.documentElement.scrollWidth);
        expect(await across()).toBeLessThanOrEqual(width);
        await page.emulateMedia({ media: 'print' });
        expect(await across()).toBeLessThanOrEqual(width);
        await page.close();
      },
    );
  },
);
