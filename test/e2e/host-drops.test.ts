import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { watchedPage, type WatchedPage } from './browser-page.ts';
import { dropOneAfterAnother } from './drops.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import { waitForWorkbench } from './steps.ts';

describe.skipIf(findBrowser() === undefined)(
  'drops on a page of the host (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
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

    it('are taken, asked about, or refused in words', async () => {
      await dropOneAfterAnother(watched.page, home);
      expect(watched.faults).toEqual([]);
    });
  },
);
