import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intakeCases, intakeImages } from '../core/intake/intake-cases.ts';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { violations } from '../renderer/violations.ts';
import { watchedPage, type WatchedPage } from './browser-page.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import { dropFiles, goTo, waitForWorkbench } from './steps.ts';

const model = intakeCases.find(({ name }) => name === 'tta_flip')?.file;

describe.skipIf(findBrowser() === undefined || model === undefined)(
  'the loopback host with a model without a cut (in ../shared; needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 300_000 },
  () => {
    const home = temporaryHome();
    let host: HostProgram;
    let browser: Browser;
    let watched: WatchedPage;

    beforeAll(async () => {
      host = await startHost(home);
      browser = await sharedBrowser();
      watched = await watchedPage(browser);
      await watched.page.goto(host.address);
      await waitForWorkbench(watched.page);
    }, 300_000);

    afterAll(async () => {
      await browser?.close();
      await host?.stop();
      removeHome(home);
    });

    it('says why there are no concepts, draws maps as they come, and saves them as a page', async () => {
      const { page, faults } = watched;
      await dropFiles(page, [model!, model!.replace(/onnx$/, 'json'), intakeImages]);
      await goTo(page, 'Setup');
      await page.getByText('here a picture and its mirror image').waitFor({ timeout: 120_000 });
      await page.getByLabel('Class to explain').selectOption('circle');
      await page.getByRole('spinbutton', { name: 'Pictures' }).fill('3');
      await page.getByRole('spinbutton', { name: 'Pictures' }).press('Tab');
      await page.getByRole('button', { name: 'Draw the maps' }).click();
      const drawn = page.getByRole('img', { name: /^Where the score comes from in/ });
      await expect.poll(() => drawn.count(), { timeout: 120_000 }).toBe(3);
      await page
        .getByText(/With the most important square covered, the logit of circle goes/)
        .first()
        .waitFor();
      expect(await violations(page)).toEqual([]);
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save as HTML' }).click();
      const file = path.join(home, 'maps.html');
      await (await download).saveAs(file);
      const html = await readFile(file, 'utf8');
      expect(html).toContain('Where the logit of circle comes from');
      expect(html.match(/<img /g)).toHaveLength(6);
      expect(faults).toEqual([]);
    });
  },
);
