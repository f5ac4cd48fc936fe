import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { SCREEN_KEYS as SCREENS } from '../../core/wording/screen-names.ts';
import { DEFAULT_SETTINGS } from '../../main/services/default-settings.ts';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { dropFiles } from '../e2e/steps.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';
import { sidewaysOverflow } from './sideways-overflow.ts';

const browserPath = findBrowser();

describe.skipIf(browserPath === undefined)(
  'the workbench in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function open(options: FakeOptions = { state: 'done' }, view?: PageView) {
      const { page, faults } = await pages.open(options, view);
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      await page
        .getByText(options.state === 'done' ? /concepts? from/ : /Ready|\/s/)
        .first()
        .waitFor();
      return { page, faults };
    }

    const conceptsOf = (page: Page) =>
      page.getByRole('listbox', { name: 'Concepts by importance' }).getByRole('option');
    const eventually = <Value>(read: () => Promise<Value> | Value) => expect.poll(read, { timeout: 15_000 });

    const cases = (['light', 'dark'] as const).flatMap((scheme) =>
      (Object.keys(SCREENS) as (keyof typeof SCREENS)[]).map((screen) => [screen, scheme] as const),
    );
    it.each(cases)(
      'shows the %s screen in %s without a fault that axe calls moderate, under one heading',
      async (screen, colorScheme) => {
        const { page, faults } = await open(
          { state: screen === 'run' ? 'running' : 'done' },
          { colorScheme },
        );
        await page.keyboard.press(SCREENS[screen]);
        await page.waitForLoadState('networkidle');
        expect(await violations(page)).toEqual([]);
        expect(await page.locator('h1').count()).toBe(1);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it.each(Object.keys(SCREENS) as (keyof typeof SCREENS)[])(
      'has an empty %s screen that says what to do',
      async (screen) => {
        const { page, faults } = await open({ state: 'empty' });
        await page.keyboard.press(SCREENS[screen]);
        expect(await page.locator('main button').count()).toBeGreaterThan(0);
        expect(await violations(page)).toEqual([]);
        expect(await page.locator('h1').count()).toBe(1);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it.each([1440, 1024, 760])('fits into %i pixels on every screen', async (width) => {
      const { page } = await open({ state: 'done' }, { width, height: 700 });
      for (const key of Object.values(SCREENS)) {
        await page.keyboard.press(key);
        const overflow = await sidewaysOverflow(page);
        expect(overflow, `screen ${key}`).toBeLessThanOrEqual(0);
      }
      await page.close();
    });

    it('renames, hides and takes both back by keyboard alone', async () => {
      const { page, faults } = await open();
      await page.keyboard.press('4');
      await page.keyboard.press('r');
      await page.keyboard.type('stamp in the corner');
      await page.keyboard.press('Enter');
      const options = conceptsOf(page);
      await eventually(() => options.first().textContent()).toContain('stamp in the corner');
      await page.keyboard.press('h');
      await eventually(() => options.count()).toBe(9);
      await page.keyboard.press('z');
      await eventually(() => options.count()).toBe(10);
      await page.keyboard.press('z');
      await eventually(() => options.first().textContent()).toContain('Concept 1');
      await page.keyboard.press('Shift+Z');
      await eventually(() => options.first().textContent()).toContain('stamp in the corner');
      expect(faults).toEqual([]);
      await page.close();
    });

    it('merges two concepts and unmerges them again', async () => {
      const { page } = await open();
      await page.keyboard.press('4');
      await page.keyboard.press('m');
      await conceptsOf(page).nth(3).click();
      const options = conceptsOf(page);
      await eventually(() => options.count()).toBe(9);
      await page.getByRole('button', { name: 'Unmerge', exact: true }).click();
      await eventually(() => options.count()).toBe(10);
      await page.close();
    });

    it('steps through images and hides the map while space is held', async () => {
      const { page } = await open();
      await page.keyboard.press('5');
      const title = page.getByRole('heading', { level: 1 });
      await eventually(() => title.textContent()).toBe('00.jpg');
      await page.keyboard.press('ArrowRight');
      await eventually(() => title.textContent()).toBe('01.jpg');
      await eventually(() => page.locator('main canvas').count()).toBeGreaterThan(0);
      // As the workbench says: the page has no settings of its own.
      const { mapOpacity } = DEFAULT_SETTINGS;
      expect(await page.getByRole('slider', { name: 'Map' }).inputValue()).toBe(String(mapOpacity));
      await page.locator('body').evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.down(' ');
      await eventually(() => page.locator('main canvas').count()).toBe(0);
      await page.keyboard.up(' ');
      await eventually(() => page.locator('main canvas').count()).toBeGreaterThan(0);
      await page.close();
    });

    it('tells a failure where it happened, with the way out, and leaves the rest standing', async () => {
      const { page } = await open({ state: 'ready', failing: ['previewImages'] });
      await page.keyboard.press('2');
      const alert = page.getByRole('alert');
      await alert.getByText('the file ends in the middle of the graph').waitFor();
      expect(await alert.getByText('Copy the file again').count()).toBe(1);
      expect(await alert.getByRole('button', { name: 'Try again' }).count()).toBe(1);
      expect(await page.getByRole('radio', { name: /^house/ }).count()).toBe(1);
      await page.close();
    });

    it('lets a failure go with its screen, and keeps it where it can be looked up', async () => {
      const { page } = await open({ state: 'done', failing: ['saveReport'] });
      await page
        .getByText(/concepts? from/)
        .first()
        .waitFor();
      await page.keyboard.press('7');
      await page.getByRole('button', { name: 'Save HTML' }).click();
      const messages = page.getByRole('region', { name: 'Messages' });
      await messages.getByText('the file ends in the middle of the graph').waitFor();
      await page.keyboard.press('4');
      await eventually(() => messages.getByRole('alert').count()).toBe(0);
      await page.getByRole('button', { name: '1 error' }).click();
      const list = page.getByRole('complementary', { name: 'What has failed' });
      await list.getByText(/^\d\d:\d\d, Report$/).waitFor();
      await list.getByText('Copy the file again').waitFor();
      expect(await violations(page)).toEqual([]);
      await list.getByRole('button', { name: 'Clear the list' }).click();
      expect(await page.getByRole('button', { name: /errors?$/ }).count()).toBe(0);
      await page.close();
    });

    it('takes dropped files to the setup', async () => {
      const { page } = await open({ state: 'empty' });
      const transfer = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'model.onnx'));
        return data;
      });
      await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
      await page.getByText('Drop a model, images, a table, boxes or a project').waitFor();
      await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
      await page.getByRole('region', { name: 'Class to explain' }).waitFor();
      await page.close();
    });

    it('asks in place what becomes of images where there are some, and takes Escape for no', async () => {
      const { page } = await open({ state: 'ready' });
      await page.keyboard.press('2');
      const question = page.getByRole('region', { name: 'Add 1 image, or replace the 320 that are there?' });
      const drop = async (): Promise<void> => {
        const dataTransfer = await page.evaluateHandle(() => {
          const data = new DataTransfer();
          data.items.add(new File(['x'], 'cat.jpg'));
          return data;
        });
        await page.dispatchEvent('body', 'drop', { dataTransfer });
        await question.getByText('Given now: “cat.jpg”.').waitFor();
      };
      const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
      await drop();
      await eventually(focused).toBe('Add');
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'detached' });
      await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
      // What is typed elsewhere is taken back by the same key, and is no answer.
      await drop();
      await page.getByRole('searchbox', { name: 'Filter images by path' }).press('Escape');
      expect(await question.count()).toBe(1);
      await question.getByRole('button', { name: 'Replace' }).press('Enter');
      await question.waitFor({ state: 'detached' });
      await page.close();
    });

    it('counts classes as they come, to choose from at once', async () => {
      const { page } = await open({ state: 'ready', isCounting: true });
      await page.keyboard.press('2');
      const classes = page.getByRole('region', { name: 'Class to explain' });
      await expect.poll(() => classes.getByRole('radio').count()).toBe(2);
      expect(await classes.getByRole('progressbar').count()).toBe(1);
      await page.close();
    });

    it('takes what is dropped on the preview of the report, as everywhere', async () => {
      const { page, faults } = await open();
      await page.keyboard.press('7');
      await page.frameLocator('[title="Preview of the report"]').locator('body').waitFor();
      await dropFiles(page, [import.meta.filename]);
      await page.getByRole('heading', { name: 'This run' }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('starts, pauses and resumes a run', async () => {
      const { page } = await open({ state: 'ready' });
      await page.keyboard.press('2');
      await page.getByRole('button', { name: 'Explain' }).click();
      await page.locator('main').getByRole('button', { name: 'Pause' }).click();
      await page.locator('main').getByRole('button', { name: 'Resume' }).click();
      await page.locator('main').getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('What was computed is kept').waitFor();
      await page.close();
    });

    it('computes what was not evaluated, reads a curve by keyboard and opens an unusual image', async () => {
      const { page, faults } = await open({ state: 'done', isUnevaluated: true });
      await page.keyboard.press('6');
      await page.getByText('not evaluated').waitFor();
      await page.getByRole('button', { name: 'Evaluate', exact: true }).last().click();
      const curves = page.getByRole('slider', { name: /taken away/ });
      await curves.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await eventually(() => curves.getAttribute('aria-valuetext')).toContain(
        '1 taken away: by importance 0.5',
      );
      await page.getByRole('button', { name: /Open 11.jpg/ }).click();
      await eventually(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('11.jpg');
      expect(faults).toEqual([]);
      await page.close();
    });

    it('weighs numbers of concepts in the setup and takes the one that is chosen', async () => {
      const { page } = await open({ state: 'ready' });
      await page.keyboard.press('2');
      await page.getByRole('button', { name: 'Weigh the evidence' }).click();
      await page.getByRole('button', { name: /^4 concepts/ }).focus();
      await page.keyboard.press('Enter');
      await eventually(() => page.getByRole('spinbutton', { name: 'Concepts' }).inputValue()).toBe('4');
      await page.close();
    });

    it('tells of an evaluation that fails and leaves the verdict standing', async () => {
      const { page } = await open({ state: 'done', failing: ['evaluateRun', 'getErrorAnalysis'] });
      await page.keyboard.press('6');
      await page.getByRole('button', { name: 'Evaluate thoroughly' }).click();
      await eventually(() => page.getByRole('alert').count()).toBe(2);
      expect(await page.getByText('The explanation holds up').count()).toBe(1);
      await page.close();
    });

    it.each(['light', 'dark'] as const)(
      'tells what it is, its licence and third-party notices, by keyboard, in %s',
      async (colorScheme) => {
        const { page, faults } = await open(undefined, { colorScheme, width: 1024, height: 700 });
        const about = page.getByRole('complementary', { name: 'About Tessera' });
        await page.getByRole('button', { name: 'Library' }).focus();
        await page.keyboard.press('F1');
        await about.getByText('0.2.0', { exact: true }).waitFor();
        expect(await about.innerText()).toContain('MIT');
        const notices = about.getByRole('region', { name: 'Third-party notices' });
        await notices.getByText('libvips (LGPL-3.0-or-later)').waitFor();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.keyboard.press('End');
        await eventually(() => notices.evaluate((region) => region.scrollTop)).toBeGreaterThan(1000);
        await page.keyboard.press('Escape');
        expect(await about.count()).toBe(0);
        expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Library');
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('shows one panel at a time, found by the search too', async () => {
      const { page } = await open();
      const panel = (name: string) => page.getByRole('complementary', { name });
      await page.keyboard.press('?');
      await panel('All keys').waitFor();
      await page.getByRole('button', { name: 'Tessera 0.2.0' }).click();
      await panel('About Tessera').waitFor();
      expect(await panel('All keys').count()).toBe(0);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.keyboard.type('about');
      await page.keyboard.press('Enter');
      await panel('About Tessera').waitFor();
      await page.close();
    });

    it('finds a concept by name and goes to it', async () => {
      const { page } = await open();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('concept 7');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Concept 7' }).first().waitFor();
      await page.close();
    });
  },
);
