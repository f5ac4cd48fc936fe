import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './built-program.ts';
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

    it.runIf(process.platform === 'linux')(
      'carries the notices and the licences of what it is made of',
      () => {
        const folder = path.dirname(PACKAGED!);
        const written = readFileSync(path.join(ROOT, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
        expect(readFileSync(path.join(folder, 'resources/THIRD-PARTY-NOTICES.txt'), 'utf8')).toBe(written);
        expect(readdirSync(folder)).toEqual(
          expect.arrayContaining(['LICENSE.electron.txt', 'LICENSES.chromium.html']),
        );
        const [library] = readdirSync(
          path.join(folder, `resources/app.asar.unpacked/out/native/sharp-libvips-linux-${process.arch}/lib`),
        );
        expect(library).toMatch(/^libvips-cpp\.so\./);
      },
    );

    it('ends with its window', async () => {
      expect(await program.close()).toBe(0);
    });
  },
);
