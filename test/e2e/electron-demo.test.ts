import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeHome, temporaryHome } from './host-program.ts';
import {
  CAN_OPEN_WINDOWS,
  openDisplay,
  processOf,
  startDesktop,
  type DesktopProgram,
  type Display,
} from './electron-program.ts';
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
  resumeRun,
  runScreen,
  setConcepts,
  startRun,
  waitForDone,
  waitForFirstConcepts,
} from './steps.ts';

const DEMO = path.join(import.meta.dirname, '../../models/demo');
const DROPPED = ['model.onnx', 'card.json', 'labels.txt', 'images'].map((name) => path.join(DEMO, name));

describe.skipIf(!CAN_OPEN_WINDOWS)(
  'the workbench in an Electron window (needs Electron, and a display or Xvfb)',
  { timeout: 400_000 },
  () => {
    const home = temporaryHome();
    let display: Display;
    let desktop: DesktopProgram;

    beforeAll(async () => {
      display = await openDisplay();
      desktop = await startDesktop(display, home);
    }, 300_000);

    afterAll(async () => {
      await desktop?.app.close();
      display?.close();
      removeHome(home);
    });

    /** The next file dialog ends with this choice. */
    const chooseTarget = (file: string): Promise<void> =>
      desktop.app.evaluate(({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      }, file);

    const runFolder = (id: string): string => {
      const projects = path.join(home, 'projects');
      return path.join(projects, readdirSync(projects)[0], 'runs', id);
    };

    it('takes a dropped model and folder, chooses a class and runs to the end', async () => {
      const { page, faults } = desktop;
      await dropFiles(page, DROPPED);
      await chooseClass(page, 'house');
      await startRun(page);
      await waitForFirstConcepts(page);
      await waitForDone(page);
      expect(faults).toEqual([]);
    });

    it('lists the project with its class and pictures', async () => {
      const { page } = desktop;
      await goTo(page, 'Library');
      const card = page.getByRole('listitem').filter({ hasText: 'demo' });
      await card.getByText('model.onnx · house').waitFor();
      const width = (): Promise<number> =>
        card
          .locator('img')
          .first()
          .evaluate((image) => (image as HTMLImageElement).naturalWidth);
      await expect.poll(width, { timeout: 60_000 }).toBeGreaterThan(0);
    });

    it('shows concepts, crops and images, and keeps a new name in the project', async () => {
      const { page, faults } = desktop;
      await openConcept(page, 0);
      expect(await conceptList(page).getByRole('option').count()).toBe(10);
      await rename(page, 'round stamp');
      const notes = path.join(runFolder('run1'), 'notes.json');
      await expect.poll(() => existsSync(notes) && readFileSync(notes, 'utf8')).toContain('round stamp');
      await openImage(page);
      expect(faults).toEqual([]);
    });

    it('saves the report where the dialog says and shows it', async () => {
      const { page, faults } = desktop;
      const file = path.join(home, 'saved.html');
      await chooseTarget(file);
      await exportReport(page);
      await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
      expect(readFileSync(file, 'utf8')).toContain('round stamp');
      const shown = page.frameLocator('[title="Preview of the report"]').getByRole('heading', { level: 1 });
      await expect.poll(() => shown.first().isVisible(), { timeout: 60_000 }).toBe(true);
      expect(await reportPreview(page).count()).toBe(1);
      expect(faults).toEqual([]);
    });

    it('prints the report to PDF', async () => {
      const { page, app } = desktop;
      const file = path.join(home, 'printed.pdf');
      await chooseTarget(file);
      await page.getByRole('button', { name: /PDF/ }).click();
      await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
      const pdf = readFileSync(file, 'latin1');
      expect(pdf.slice(0, 5)).toBe('%PDF-');
      expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(1);
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    it('shows what it is and is shipped with, asked for in the menu', async () => {
      const { page, app, faults } = desktop;
      await app.evaluate(({ Menu }) => {
        const help = Menu.getApplicationMenu()!.items.find(({ role }) => role === 'help');
        const about = help!.submenu!.items.find(({ label }) => label === 'About Tessera');
        (about!.click as () => void)();
      });
      const about = page.getByRole('complementary', { name: 'About Tessera' });
      await about.getByText(packageFile.version, { exact: true }).waitFor();
      await about.getByText('libvips (LGPL-3.0-or-later)').waitFor();
      await page.keyboard.press('Escape');
      expect(await about.count()).toBe(0);
      expect(faults).toEqual([]);
    });

    it('resumes a run in the middle of which the window was closed', async () => {
      await goTo(desktop.page, 'Setup');
      await chooseClass(desktop.page, 'lighthouse');
      // A run of some length, lest it end before the window does.
      await setConcepts(desktop.page, 25);
      await startRun(desktop.page);
      await waitForFirstConcepts(desktop.page);
      const ended = desktop.app.waitForEvent('close');
      await desktop.page.close();
      await ended;

      desktop = await startDesktop(display, home);
      await goTo(desktop.page, 'Run');
      await resumeRun(desktop.page);
      await waitForDone(desktop.page);
      const run = await desktop.page.evaluate(() => window.workbench.call.getRun());
      expect(run).toMatchObject({ ok: true, value: { status: 'done', isResumed: true } });
      expect(desktop.faults).toEqual([]);
    });

    it('recovers from the death of the compute process: the run goes on, the window never goes', async () => {
      const { page, app, faults } = desktop;
      await goTo(page, 'Setup');
      await chooseClass(page, 'sailboat');
      await setConcepts(page, 4);
      await startRun(page);
      await waitForFirstConcepts(page);
      const killed = await processOf(app, 'compute');
      process.kill(killed!, 'SIGKILL');
      await waitForDone(page);
      expect(await processOf(app, 'compute')).not.toBe(killed);
      const log = await page.evaluate(() => window.workbench.call.getLog({ after: 0 }));
      expect(JSON.stringify(log)).toContain('the run continues where it was');
      expect(await runScreen(page).getByRole('alert').count()).toBe(0);
      expect(faults).toEqual([]);
    });

    it('shows pictures again after the process that makes them has died', async () => {
      const { page, app } = desktop;
      const viewer = await processOf(app, 'viewer');
      process.kill(viewer!, 'SIGKILL');
      await openConcept(page, 1);
      const picture = galleryCells(page).first().locator('img');
      const width = (): Promise<number> =>
        picture.evaluate((image) => (image as HTMLImageElement).naturalWidth);
      await expect.poll(width, { timeout: 60_000 }).toBeGreaterThan(0);
      expect(await processOf(app, 'viewer')).not.toBe(viewer);
    });

    it('opens the file that stands for a project when it is given on the command line', async () => {
      await desktop.app.close();
      const project = path.join(runFolder('run1'), '../..');
      const file = path.join(project, 'demo.tesseraproject');
      expect(readdirSync(project)).toContain(path.basename(file));
      desktop = await startDesktop(display, home, [file]);
      await conceptList(desktop.page).waitFor();
      await openConcept(desktop.page, 0);
      expect(desktop.faults).toEqual([]);
    });
  },
);
