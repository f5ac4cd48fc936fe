import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { watchedPage, type WatchedPage } from './browser-page.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import { waitForWorkbench } from './steps.ts';
import { compareScreens, makeProjects, rememberProjects } from './two-projects.ts';

describe.skipIf(findBrowser() === undefined)(
  'two projects with runs of the same names, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 900_000 },
  () => {
    const home = temporaryHome();
    let folders: readonly string[];
    let host: HostProgram;
    let browser: Browser;
    let watched: WatchedPage;

    beforeAll(async () => {
      folders = await makeProjects(home);
      await rememberProjects(home, folders);
      host = await startHost(home);
      browser = await sharedBrowser();
      watched = await watchedPage(browser);
      await watched.page.goto(host.address);
      await waitForWorkbench(watched.page);
    }, 900_000);

    afterAll(async () => {
      await browser?.close();
      await host?.stop();
      removeHome(home);
    });

    it('show on every screen what the trail says', async () => {
      await compareScreens(watched.page, folders);
      expect(watched.faults).toEqual([]);
    });
  },
);
