import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadStudyData } from '../../core/project/participant-files.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { studyPath } from '../../core/project/study-folder.ts';
import { sharpCodec } from '../../core/runtime/image-codec.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import type { FrozenStudy } from '../../core/study/study.ts';
import type { KioskState, Result, WorkbenchBridge } from '../../main/api/contract.ts';
import { freezeExample, projectWithRun } from '../core/project/study-project.ts';
import { exampleUtility } from '../core/study/example-study.ts';
import { watchFaults } from './browser-page.ts';
import {
  CAN_OPEN_WINDOWS,
  openDisplay,
  startDesktop,
  type DesktopProgram,
  type Display,
} from './electron-program.ts';
import { removeHome, temporaryHome } from './host-program.ts';
import { KEYS, MOUSE, takePart } from './study-steps.ts';

type Calls = WorkbenchBridge['call'];

describe.skipIf(!CAN_OPEN_WINDOWS)(
  'a study in the kiosk (needs Electron, and a display or Xvfb)',
  { timeout: 300_000 },
  () => {
    const [home, folder] = [temporaryHome(), temporaryHome()];
    let project: Project;
    let frozen: FrozenStudy;
    let display: Display;
    let desktop: DesktopProgram;
    let key = '';

    beforeAll(async () => {
      project = await projectWithRun(folder);
      const sizes = { conditions: ['control', 'concept-maps'], sessions: 1, train: 2, test: 2 };
      frozen = await freezeExample(project, await exampleUtility(sizes, sharpCodec));
      display = await openDisplay();
      desktop = await startDesktop(display, home, [project.folder]);
      while (key === '') {
        const setup = await desktop.page.evaluate(() => window.workbench.call.getSetup());
        key = setup.ok ? (setup.value.project ?? '') : '';
        await desktop.page.waitForTimeout(100);
      }
    }, 120_000);

    afterAll(async () => {
      await desktop?.app.close();
      display?.close();
      removeHome(home);
      removeHome(folder);
    });

    const call = async <
      Name extends 'listStudies' | 'startKiosk' | 'serveStudy' | 'stopStudy' | 'getServedStudy',
    >(
      name: Name,
      query: Parameters<Calls[Name]>[0],
    ): Promise<Awaited<ReturnType<Calls[Name]>>> =>
      desktop.page.evaluate(
        ([method, argument]) => (window.workbench.call[method] as (one: unknown) => Promise<never>)(argument),
        [name, query] as const,
      );
    const valueOf = <T>(result: Result<T>): T => {
      if (!result.ok) throw new Error(result.error.message);
      return result.value;
    };
    const study = () => ({ project: key, study: 'study1' });
    const openKiosk = async (
      query: { participant?: number } = {},
    ): Promise<{ page: Page; state: KioskState }> => {
      const opening = desktop.app.waitForEvent('window');
      const state = valueOf(await call('startKiosk', { ...study(), ...query }));
      return { page: await opening, state };
    };
    const dataOf = () =>
      loadStudyData({ storage: fileStorage, folder: studyPath(project, 'study1'), sha256: frozen.sha256 });
    /** Keys as the window gets them, before its page: those of the test's own line pass it by. */
    const pressAsSystem = (keyCode: string, modifiers: readonly string[]): Promise<void> =>
      desktop.app.evaluate(
        ({ BrowserWindow }, [code, held]) => {
          const kiosk = BrowserWindow.getAllWindows().find((window) => window.isKiosk());
          type Held = ('control' | 'shift' | 'alt')[];
          for (const type of ['keyDown', 'keyUp'] as const)
            if (kiosk?.isDestroyed() === false)
              kiosk.webContents.sendInputEvent({ type, keyCode: code, modifiers: [...held] as Held });
        },
        [keyCode, modifiers] as const,
      );
    const windows = () => desktop.app.windows().length;

    it('one participant after the other takes part, and only the researcher’s keys lead out', async () => {
      const { page, state } = await openKiosk();
      expect(state).toEqual({ participant: 1, keys: { leave: 'Ctrl+Shift+Q', next: 'Ctrl+Shift+Enter' } });
      expect(
        await page.evaluate(() =>
          Object.keys(window).filter((name) => ['workbench', 'require', 'process'].includes(name)),
        ),
      ).toEqual([]);
      const facts = await desktop.app.evaluate(({ BrowserWindow }) => {
        const kiosk = BrowserWindow.getAllWindows().find((window) => window.getTitle() !== 'Tessera')!;
        return {
          isKiosk: kiosk.isKiosk(),
          hasMenu: kiosk.isMenuBarVisible(),
          isPersistent: kiosk.webContents.session.isPersistent(),
        };
      });
      expect(facts).toEqual({ isKiosk: true, hasMenu: false, isPersistent: false });
      // Nothing of the workbench, and no other address, can be reached from it.
      for (const address of ['tessera://app/index.html', 'http://127.0.0.1:1/', 'https://example.org/'])
        expect(
          await page.evaluate(
            (one) =>
              fetch(one).then(
                () => 'reached',
                () => 'refused',
              ),
            address,
          ),
        ).toBe('refused');
      const faults = watchFaults(page);
      for (const [key, ...modifiers] of [
        ...[
          ['W', 'control'],
          ['R', 'control'],
          ['F11'],
          ['F4', 'alt'],
          ['I', 'control', 'shift'],
          ['Escape'],
        ],
        ...[
          ['Q', 'control'],
          ['Return', 'control', 'shift'],
        ],
      ])
        await pressAsSystem(key, modifiers);
      await page.waitForTimeout(500);
      expect(windows()).toBe(2);
      await takePart(page, KEYS);
      expect(await page.locator('main').innerText()).toContain(
        'Please tell the researcher that you are done.',
      );
      await pressAsSystem('Return', ['control', 'shift']);
      await page.getByRole('button', { name: 'I agree and take part' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/p/2/');
      await takePart(page, MOUSE, (_, { bar }) => bar.startsWith('Round') || bar.startsWith('Question'));
      // Not in the middle of somebody's study.
      await pressAsSystem('Return', ['control', 'shift']);
      await page.waitForTimeout(500);
      expect(new URL(page.url()).pathname).toBe('/p/2/');
      expect(faults).toEqual([]);
      const closing = page.waitForEvent('close');
      await pressAsSystem('Q', ['control', 'shift']);
      await closing;
      expect(windows()).toBe(1);
      expect((await dataOf()).participants.map(({ status }) => status)).toEqual(['finished', 'started']);
    });

    it('who was interrupted goes on where they were', async () => {
      const before = (await dataOf()).trials.filter(({ participant }) => participant === 2).length;
      const { page, state } = await openKiosk({ participant: 2 });
      expect(state.participant).toBe(2);
      await takePart(page, MOUSE);
      const { participants, trials } = await dataOf();
      expect(participants.map(({ status }) => status)).toEqual(['finished', 'finished']);
      expect(trials.filter(({ participant }) => participant === 2).length).toBeGreaterThan(before);
      const second = await call('startKiosk', study());
      expect(second).toMatchObject({
        ok: false,
        error: { code: 'bad-usage', message: 'study: the kiosk is open already.' },
      });
      const closing = page.waitForEvent('close');
      await pressAsSystem('Q', ['control', 'shift']);
      await closing;
    });

    it('a study is listed, and its links are served and ended from the window', async () => {
      expect(valueOf(await call('listStudies', { project: key }))).toEqual([
        {
          ...study(),
          title: 'Ships and houses',
          kind: 'utility',
          frozen: frozen.study.frozen,
          conditions: ['control', 'concept-maps'],
          planned: 6,
          voidBecause: [],
          counts: { begun: 2, finished: 2, withdrawn: 0 },
        },
      ]);
      const served = valueOf(await call('serveStudy', { ...study(), participants: 4 }));
      expect(served.warning).toBeNull();
      expect(
        served.participants.map(({ participant, status, link }) => [participant, status, link !== null]),
      ).toEqual([
        [1, 'finished', false],
        [2, 'finished', false],
        [3, 'waiting', true],
        [4, 'waiting', true],
      ]);
      const address = served.participants[2].link!.replace(/#.*/, '');
      expect((await fetch(address)).status).toBe(200);
      expect(valueOf(await call('getServedStudy', study()))).toEqual(served);
      expect(valueOf(await call('stopStudy', study()))).toBeNull();
      expect(valueOf(await call('getServedStudy', study()))).toBeNull();
      await expect(fetch(address)).rejects.toThrow();
    });
  },
);
