import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CAN_OPEN_WINDOWS,
  openDisplay,
  startDesktop,
  type DesktopProgram,
  type Display,
} from './electron-program.ts';
import { removeHome, temporaryHome } from './host-program.ts';

const POLL = { timeout: 20_000, interval: 200 };

describe.skipIf(!CAN_OPEN_WINDOWS)(
  'the safety of the Electron window (needs Electron, and a display or Xvfb)',
  { timeout: 120_000 },
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

    it('is shown, with the preferences that were asked for', async () => {
      const shown = () =>
        desktop.app.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows().map((window) => ({
            isVisible: window.isVisible(),
            title: window.getTitle(),
            preferences: (
              window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
            ).getLastWebPreferences(),
          })),
        );
      // The window is shown when its first page is drawn, which on a busy machine is after the page can be spoken to.
      await expect.poll(async () => (await shown()).map(({ isVisible }) => isVisible), POLL).toEqual([true]);
      expect((await shown())[0]).toMatchObject({
        title: 'Tessera',
        preferences: { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true },
      });
      expect(desktop.faults).toEqual([]);
    });

    it('gives the page one object and nothing of Node.js or Electron', async () => {
      const found = await desktop.page.evaluate(() => ({
        node: ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter(
          (name) => name in window,
        ),
        bridge: Object.keys(window.workbench).sort(),
      }));
      expect(found).toEqual({ node: [], bridge: ['call', 'host', 'on', 'takeFiles'] });
    });

    it('sends its pages with a policy that stops foreign and made-up code', async () => {
      const found = await desktop.page.evaluate(async () => {
        const refused = async (act: () => unknown): Promise<boolean> => {
          try {
            await act();
            return false;
          } catch {
            return true;
          }
        };
        const policy = (await fetch('index.html')).headers.get('content-security-policy');
        return {
          policy,
          evaluates: !(await refused(() => window.eval('1'))),
          fetches: !(await refused(() => fetch('https://example.org/'))),
        };
      });
      expect(found.policy).toContain("default-src 'none'; script-src 'self'");
      expect(found).toMatchObject({ evaluates: false, fetches: false });
    });

    it('serves no file outside the page', async () => {
      const statuses = await desktop.page.evaluate(() =>
        Promise.all(
          [
            '..%2f..%2fpackage.json',
            '%2e%2e/main/index.js',
            '..%5cmain%5cindex.js',
            'pictures/none',
            'nothing.js',
          ].map(async (name) => (await fetch(`tessera://app/${name}`)).status),
        ),
      );
      expect(statuses).toEqual([404, 404, 404, 404, 404]);
    });

    it('neither navigates away nor opens windows', async () => {
      const { page, app } = desktop;
      expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true);
      await page.evaluate(() => {
        location.href = 'https://example.org/';
      });
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
      expect(page.url()).toBe('tessera://app/index.html');
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    it('denies permissions', async () => {
      const states = await desktop.page.evaluate(async () => {
        const names = ['geolocation', 'camera', 'microphone', 'notifications'] as PermissionName[];
        return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
      });
      expect(states).toEqual(['denied', 'denied', 'denied', 'denied']);
    });
  },
);
