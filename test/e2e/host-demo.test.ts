import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { violations } from '../renderer/violations.ts';
import { watchedPage, type WatchedPage } from './browser-page.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import {
  chooseClass,
  conceptList,
  dropFiles,
  exportReport,
  galleryCells,
  goTo,
  openConcept,
  openImage,
  rename,
  reportPreview,
  startRun,
  waitForDone,
  waitForFirstConcepts,
  waitForWorkbench,
} from './steps.ts';

const browserPath = findBrowser();
const DEMO = path.join(import.meta.dirname, '../../models/demo');

describe.skipIf(browserPath === undefined)(
  'the loopback host with the demo (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 400_000 },
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

    it('takes a dropped model and folder, chooses a class and runs to the end', async () => {
      const { page, faults } = watched;
      await dropFiles(
        page,
        ['model.onnx', 'card.json', 'labels.txt', 'images'].map((name) => path.join(DEMO, name)),
      );
      await chooseClass(page, 'house');
      await startRun(page);
      await waitForFirstConcepts(page);
      await waitForDone(page);
      expect(faults).toEqual([]);
    });

    it('shows concepts, crops and images of the run', async () => {
      const { page, faults } = watched;
      await openConcept(page, 0);
      expect(await conceptList(page).getByRole('option').count()).toBe(10);
      await openImage(page);
      expect(faults).toEqual([]);
    });

    it('keeps a new name in the project', async () => {
      const { page } = watched;
      await openConcept(page, 0);
      await rename(page, 'round stamp');
      const projects = path.join(home, 'projects');
      const [project] = await readdir(projects);
      const notes = path.join(projects, project, 'runs/run1/notes.json');
      await expect.poll(() => readFile(notes, 'utf8'), { timeout: 30_000 }).toContain('round stamp');
    });

    it('exports a report that opens in a browser and tells the new name', async () => {
      const { page, faults } = watched;
      const downloading = page.waitForEvent('download', { timeout: 120_000 });
      await exportReport(page);
      const file = path.join(home, 'downloaded.html');
      await (await downloading).saveAs(file);
      expect(readFileSync(file, 'utf8')).toContain('round stamp');
      const report = await watchedPage(browser);
      await report.page.setContent(readFileSync(file, 'utf8'));
      await report.page.getByRole('heading', { level: 1 }).first().waitFor();
      expect(report.faults).toEqual([]);
      await report.page.close();
      expect(await reportPreview(page).count()).toBe(1);
      expect(faults).toEqual([]);
    });

    it.each(['light', 'dark'] as const)('has no serious violation in %s on any screen', async (scheme) => {
      const { page } = watched;
      await page.emulateMedia({ colorScheme: scheme });
      for (const screen of ['Library', 'Setup', 'Run', 'Concepts', 'Images', 'Report'] as const) {
        await goTo(page, screen);
        // A preview may still be on its way; what is there has to be right all the same.
        await page.waitForLoadState('networkidle', { timeout: 20_000 }).catch(() => undefined);
        expect(await violations(page), screen).toEqual([]);
      }
    });

    it('shows what it is shipped with', async () => {
      const { page, faults } = watched;
      await page.keyboard.press('F1');
      const about = page.getByRole('complementary', { name: 'About Tessera' });
      await about.getByText('libvips (LGPL-3.0-or-later)').waitFor();
      await page.keyboard.press('Escape');
      expect(faults).toEqual([]);
    });

    it('finds the run again after the host was closed', async () => {
      await host.stop();
      host = await startHost(home);
      const again = await watchedPage(browser);
      await again.page.goto(host.address);
      await waitForWorkbench(again.page);
      await again.page
        .getByRole('button', { name: /^model/ })
        .first()
        .click();
      await galleryCells(again.page).first().waitFor();
      await conceptList(again.page).getByText('round stamp').waitFor();
      expect(again.faults).toEqual([]);
      await again.page.close();
    });
  },
);
