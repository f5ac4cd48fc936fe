import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CAN_OPEN_WINDOWS,
  openDisplay,
  startDesktop,
  type DesktopProgram,
  type Display,
} from './electron-program.ts';
import { removeHome, temporaryHome } from './host-program.ts';
import { compareScreens, makeProjects, rememberProjects } from './two-projects.ts';

describe.skipIf(!CAN_OPEN_WINDOWS)(
  'two projects with runs of the same names, in an Electron window (needs Electron, and a display or Xvfb)',
  { timeout: 900_000 },
  () => {
    const home = temporaryHome();
    let folders: readonly string[];
    let display: Display;
    let desktop: DesktopProgram;

    beforeAll(async () => {
      folders = await makeProjects(home);
      await rememberProjects(home, folders);
      display = await openDisplay();
      desktop = await startDesktop(display, home);
    }, 900_000);

    afterAll(async () => {
      await desktop?.app.close();
      display?.close();
      removeHome(home);
    });

    it('show on every screen what the trail says', async () => {
      await compareScreens(desktop.page, folders);
      expect(desktop.faults).toEqual([]);
    });
  },
);
