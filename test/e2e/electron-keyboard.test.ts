import { cp, mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CAN_OPEN_WINDOWS,
  openDisplay,
  startDesktop,
  type DesktopProgram,
  type Display,
} from './electron-program.ts';
import { removeHome, temporaryHome } from './host-program.ts';
import { conceptList, waitForDone } from './steps.ts';

const DEMO = path.join(import.meta.dirname, '../../models/demo');
/** More stops than any screen has. */
const MOST_STOPS = 150;

/** What has the focus, as it is spoken. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    if (element === null || element === document.body) return '';
    const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText;
    return `${element.getAttribute('role') ?? (element.type || element.tagName).toLowerCase()} ${label ?? ''}`
      .replaceAll(/\s+/g, ' ')
      .trim();
  });

/** Goes on with the tab key until something of that name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (name.test(now)) return;
    passed.push(now);
  }
  throw new Error(`no stop is called ${name}; there are:\n${passed.join('\n')}`);
}

describe.skipIf(!CAN_OPEN_WINDOWS)(
  'the workbench by keyboard alone, in an Electron window (needs Electron, and a display or Xvfb)',
  { timeout: 600_000 },
  () => {
    const home = temporaryHome();
    const photos = path.join(home, 'photos');
    let display: Display;
    let desktop: DesktopProgram;

    beforeAll(async () => {
      // Five houses, and two more in a folder that calls them barns.
      for (const [folder, start, end] of [
        ['house', 0, 5],
        ['barn', 6, 8],
      ] as const) {
        await mkdir(path.join(photos, folder), { recursive: true });
        const houses = (await readdir(path.join(DEMO, 'images/house'))).slice(start, end);
        for (const file of houses)
          await cp(path.join(DEMO, 'images/house', file), path.join(photos, folder, file));
      }
      display = await openDisplay();
      desktop = await startDesktop(display, home);
    }, 300_000);

    afterAll(async () => {
      await desktop?.app.close();
      display?.close();
      removeHome(home);
    });

    /** The next dialogs end with these choices. */
    const choose = (opened: string, saved = ''): Promise<void> =>
      desktop.app.evaluate(
        ({ dialog }, [filePath, target]) => {
          dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
          dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: target });
        },
        [opened, saved] as const,
      );

    it('opens, sets up, runs, browses, renames, finds a mistake and exports', async () => {
      const { page, faults } = desktop;
      const { keyboard } = page;
      await choose(path.join(DEMO, 'model.onnx'));
      await keyboard.press('Control+o');
      await page.getByText('model.onnx').first().waitFor();
      await choose(photos);
      await keyboard.press('2');
      await tabTo(page, /^button (Add|Choose image) folders/);
      await keyboard.press('Enter');
      await page.getByText('7 images').first().waitFor();
      await page.getByRole('radio', { name: /^house 7 images/ }).waitFor({ timeout: 90_000 });
      await tabTo(page, /^radio house/);
      await keyboard.press('Space');
      await tabTo(page, /^button Explain/);
      await keyboard.press('Enter');
      await waitForDone(page);

      await keyboard.press('4');
      await conceptList(page).getByRole('option').first().waitFor();
      await keyboard.press('ArrowDown');
      await keyboard.press('r');
      await page.getByRole('textbox', { name: 'Name of the concept' }).waitFor();
      await keyboard.press('Control+a');
      await keyboard.type('dark roof');
      await keyboard.press('Enter');
      await conceptList(page).getByRole('option').filter({ hasText: 'dark roof' }).waitFor();

      await keyboard.press('5');
      await page.getByText('5 of 7 images are called what their folder says').waitFor();
      await tabTo(page, /^button 2 mistakes/);
      await keyboard.press('Enter');
      const why = page.getByRole('region', { name: 'Why not another answer?' });
      await why.getByText('The folder says barn, the model says house.').waitFor();
      await why.getByRole('heading', { name: 'For house' }).waitFor({ timeout: 120_000 });

      const report = path.join(home, 'report.html');
      await choose('', report);
      await keyboard.press('7');
      await tabTo(page, /^button Save HTML/);
      await keyboard.press('Enter');
      await expect
        .poll(() => readFile(report, 'utf8').catch(() => ''), { timeout: 120_000 })
        .toContain('dark roof');
      expect(faults).toEqual([]);
    });
  },
);
