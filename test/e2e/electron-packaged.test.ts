import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAN_OPEN_WINDOWS, openDisplay, type Display } from './electron-program.ts';
import { removeHome, temporaryHome } from './host-program.ts';
import { PACKAGED, startPackaged, type PackagedProgram } from './packaged-program.ts';
import { chooseClass, galleryCells, goTo, openConcept, openDemo, startRun, waitForDone } from './steps.ts';

describe.skipIf(!CAN_OPEN_WINDOWS || PACKAGED === undefined)(
  'the packaged program (needs `npm run dist:dir`, and a display or Xvfb)',
  { timeout: 400_000 },
  () => {
    const home = temporaryHome();
    let display: Display;
    let program: PackagedProgram;

    beforeAll(async () => {
      display = await openDisplay();
      program = await startPackaged(display, home);
    }, 200_000);

    afterAll(async () => {
      await program?.close();
      display?.close();
      removeHome(home);
    });

    it('runs its demo to the end and shows the pictures', async () => {
      const { page, faults } = program;
      await openDemo(page);
      await goTo(page, 'Setup');
      await chooseClass(page, 'house');
      await startRun(page);
      await waitForDone(page);
      await openConcept(page, 0);
      const picture = galleryCells(page).first().locator('img');
      const width = (): Promise<number> =>
        picture.evaluate((image) => (image as HTMLImageElement).naturalWidth);
      await expect.poll(width, { timeout: 60_000 }).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    });

    it('ends with its window', async () => {
      expect(await program.close()).toBe(0);
    });
  },
);
