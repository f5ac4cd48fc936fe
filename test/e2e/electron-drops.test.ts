import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CAN_OPEN_WINDOWS,
  openDisplay,
  startDesktop,
  type DesktopProgram,
  type Display,
} from './electron-program.ts';
import { removeHome, temporaryHome } from './host-program.ts';
import { dropOneAfterAnother } from './drops.ts';

describe.skipIf(!CAN_OPEN_WINDOWS)(
  'drops on an Electron window (needs Electron, and a display or Xvfb)',
  { timeout: 300_000 },
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

    it('are taken, asked about, or refused in words', async () => {
      await dropOneAfterAnother(desktop.page, home);
      expect(desktop.faults).toEqual([]);
    });
  },
);
