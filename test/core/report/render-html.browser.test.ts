import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../../core/report/render-html.ts';
import { findBrowser } from '../../renderer/find-browser.ts';
import { sharedBrowser } from '../../renderer/shared-browser.ts';
import { FOUR_METHODS, sampleReport } from './sample-report.ts';

const browserPath = findBrowser();

describe.skipIf(browserPath === undefined)(
  'the report in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-report-'));
    const file = join(folder, 'report.html');
    let browser: Browser;

    beforeAll(async () => {
      const hostile = (image: number) =>
        `/photos/<img src=x onerror="alert(${image})">'${'w'.repeat(80)}.jpg`;
      const sample = await sampleReport({ concepts: 10, images: 12, fileOf: hostile, maps: FOUR_METHODS });
      writeFileSync(file, renderReport(sample));
      browser = await sharedBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function open(width: number, colorScheme: 'light' | 'dark' = 'light') {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const seen: string[] = [];
      page.on('dialog', (dialog) => {
        seen.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => {
        if (!request.url().startsWith('data:')) seen.push(request.url());
      });
      page.on('console', (message) => seen.push(`console ${message.text()}`));
      await page.goto(pathToFileURL(file).href);
      return { page, seen };
    }

    it('runs no script from a file name, asks for nothing and logs nothing', async () => {
      const { page, seen } = await open(1024);
      await page.waitForLoadState('networkidle');
      expect(seen).toEqual([pathToFileURL(file).href]);
      expect(await page.locator('img:not([src^="data:image/"])').count()).toBe(0);
      expect(await page.getByText('<img src=x onerror="alert(0)">').count()).toBeGreaterThan(0);
      await page.close();
    });

    it('decodes every picture', async () => {
      const { page } = await open(1024);
      const broken = await page.locator('img').evaluateAll(async (images) => {
        const decoded = await Promise.allSettled(images.map((image) => (image as HTMLImageElement).decode()));
        return decoded.filter(({ status }) => status === 'rejected').length;
      });
      expect(broken).toBe(0);
      await page.close();
    });

    it.each([1440, 1024, 700, 420])('has no horizontal scroll at %i pixels', async (width) => {
      const { page } = await open(width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    });

    // Chromium prints what is wider than the page smaller, down to unreadable.
    it('fits the width of A4 between its margins', async () => {
      const width = Math.floor(((210 - 2 * 12) / 25.4) * 96);
      const { page } = await open(width);
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    });

    it.each(['light', 'dark'] as const)('keeps text at 4.5:1 or more in the %s theme', async (scheme) => {
      const { page } = await open(1024, scheme);
      expect(await lowContrast(page)).toEqual([]);
      await page.close();
    });

    it('has one first heading, headings without gaps, and a name for every picture and table', async () => {
      const { page } = await open(1024);
      const levels = await page
        .locator('h1, h2, h3')
        .evaluateAll((headings) => headings.map((heading) => Number(heading.tagName[1])));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      expect(levels.every((level, i) => i === 0 || level - levels[i - 1] <= 1)).toBe(true);
      expect(await page.locator('img:not([alt])').count()).toBe(0);
      expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
      await page.close();
    });
  },
);

/** Texts whose WCAG contrast against the page or the raised surface behind them is below 4.5. */
function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parse = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (colour: string) => {
      const [r, g, b] = parse(colour).map((channel) => {
        const value = channel / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgroundOf = (element: Element | null): string => {
      if (element === null) return getComputedStyle(document.body).backgroundColor;
      const { backgroundColor } = getComputedStyle(element);
      return parse(backgroundColor)[3] === 0 ? backgroundOf(element.parentElement) : backgroundColor;
    };
    return [...document.querySelectorAll('main *')]
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim()),
      )
      .filter((element) => {
        const style = getComputedStyle(element);
        const text = element instanceof SVGElement ? style.fill : style.color;
        const pair = [luminance(text), luminance(backgroundOf(element))].sort((a, b) => b - a);
        return (pair[0] + 0.05) / (pair[1] + 0.05) < 4.5;
      })
      .map((element) => `${element.tagName}.${element.getAttribute('class')}`);
  });
}
