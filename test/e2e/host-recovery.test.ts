import type { Browser, BrowserContext } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { childProcesses, removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import {
  conceptList,
  goTo,
  openDemo,
  pauseRun,
  resumeRun,
  runScreen,
  setConcepts,
  startRun,
  waitForDone,
  waitForFirstConcepts,
  waitForWorkbench,
} from './steps.ts';

const browserPath = findBrowser();

describe.skipIf(browserPath === undefined)(
  'a run on the host (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 500_000 },
  () => {
    const home = temporaryHome();
    let host: HostProgram;
    let browser: Browser;
    let context: BrowserContext;

    beforeAll(async () => {
      host = await startHost(home);
      browser = await sharedBrowser();
      context = await browser.newContext({ reducedMotion: 'reduce' });
    }, 300_000);

    afterAll(async () => {
      await browser?.close();
      await host?.stop();
      removeHome(home);
    });

    async function openPage() {
      const page = await context.newPage();
      await page.goto(host.address);
      await waitForWorkbench(page);
      return page;
    }

    it('goes on while its page is closed, and is there when the page is opened again', async () => {
      const page = await openPage();
      await openDemo(page);
      await setConcepts(page, 4);
      await startRun(page);
      await waitForFirstConcepts(page);
      await page.close();
      const again = await openPage();
      await goTo(again, 'Run');
      await waitForDone(again);
      await goTo(again, 'Concepts');
      await expect.poll(() => conceptList(again).getByRole('option').count(), { timeout: 30_000 }).toBe(4);
      await again.close();
    });

    it.runIf(process.platform === 'linux')(
      'continues where it was after its compute process was killed',
      async () => {
        const page = await openPage();
        await openDemo(page);
        await setConcepts(page, 5);
        await startRun(page);
        await waitForFirstConcepts(page);
        const compute = childProcesses(host.pid).find(({ command }) => / compute$/.test(command));
        process.kill(compute!.pid, 'SIGKILL');
        await runScreen(page)
          .getByText(/taken up where an earlier run had stopped/)
          .waitFor();
        await waitForDone(page);
        await page.getByRole('button', { name: 'Show', exact: true }).click();
        await page.getByText('The compute process ended unexpectedly').waitFor();
        await goTo(page, 'Concepts');
        await expect.poll(() => conceptList(page).getByRole('option').count(), { timeout: 30_000 }).toBe(5);
        await page.close();
      },
    );

    it('waits paused after the program was closed, and resumes', async () => {
      const page = await openPage();
      await openDemo(page);
      await setConcepts(page, 6);
      await startRun(page);
      await waitForFirstConcepts(page);
      await pauseRun(page);
      await page.close();
      await host.stop();
      host = await startHost(home);
      const again = await openPage();
      await goTo(again, 'Run');
      await again
        .getByText(/^Paused/)
        .first()
        .waitFor();
      await resumeRun(again);
      await waitForDone(again);
      await goTo(again, 'Concepts');
      await expect.poll(() => conceptList(again).getByRole('option').count(), { timeout: 30_000 }).toBe(6);
    });
  },
);
