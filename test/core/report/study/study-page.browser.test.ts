import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderStudyPage } from '../../../../core/report/study/study-page.ts';
import { findBrowser } from '../../../renderer/find-browser.ts';
import { sharedBrowser } from '../../../renderer/shared-browser.ts';
import { violations } from '../../../renderer/violations.ts';
import { choicePage, intruderPage, utilityPage } from './sample-pages.ts';

const PAGES = { utility: utilityPage(0.25), intruder: intruderPage(3), choice: choicePage(6) };
const KINDS = ['utility', 'intruder', 'choice'] as const;

describe.skipIf(findBrowser() === undefined)(
  'the report of a study in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-study-'));
    const addressOf = (kind: keyof typeof PAGES): string => pathToFileURL(join(folder, `${kind}.html`)).href;
    let browser: Browser;

    beforeAll(async () => {
      for (const kind of KINDS) writeFileSync(join(folder, `${kind}.html`), renderStudyPage(PAGES[kind]));
      browser = await sharedBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(KINDS.flatMap((kind) => [[kind, 'light'] as const, [kind, 'dark'] as const]))(
      'of kind %s has nothing that axe objects to in the %s theme',
      async (kind, colorScheme) => {
        const page = await browser.newPage({
          viewport: { width: 1024, height: 900 },
          colorScheme,
          bypassCSP: true,
        });
        await page.goto(addressOf(kind));
        expect(await violations(page)).toEqual([]);
        await page.close();
      },
    );

    it.each(KINDS.flatMap((kind) => [1440, 1024, 700, 420].map((width) => [kind, width] as const)))(
      'of kind %s has no horizontal scroll at %i pixels, on paper neither',
      async (kind, width) => {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        await page.goto(addressOf(kind));
        const across = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
        expect(await across()).toBeLessThanOrEqual(width);
        await page.emulateMedia({ media: 'print' });
        expect(await across()).toBeLessThanOrEqual(width);
        await page.close();
      },
    );
  },
);
