import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { ConceptFactors, WorkbenchBridge } from '../../main/api/contract.ts';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';

const browserPath = findBrowser();
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const QUESTION = 'What if this concept were not there?';

interface TestedWindow {
  readonly axe: {
    run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  };
  readonly workbench: { readonly call: { ablateImage: WorkbenchBridge['call']['ablateImage'] } };
  asked: ConceptFactors[];
}

describe.skipIf(browserPath === undefined)(
  'what if a concept were not there, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function open(
      screen: '4' | '5',
      options: FakeOptions = { state: 'done' },
      colorScheme: 'light' | 'dark' = 'light',
    ) {
      const { page, faults } = await pages.openScreen(screen, options, { colorScheme });
      const panel = page.getByRole('region', { name: QUESTION });
      await panel.getByRole('slider').first().waitFor();
      return { page, panel, faults };
    }

    const eventually = <Value>(read: () => Promise<Value> | Value) => expect.poll(read, { timeout: 15_000 });
    const saying = (panel: Locator) => () => panel.getByRole('status').first().textContent();

    it.each(['light', 'dark'] as const)(
      'has no fault that axe finds, in %s, with changes',
      async (scheme) => {
        for (const screen of ['4', '5'] as const) {
          const { page, panel, faults } = await open(screen, { state: 'done' }, scheme);
          await panel.getByRole('slider').first().focus();
          await page.keyboard.press('Home');
          await eventually(saying(panel)).toMatch(/instead of|change/);
          await page.evaluate(await readFile(axePath, 'utf8'));
          const { violations } = await page.evaluate(
            (name) =>
              (window as unknown as TestedWindow).axe.run({
                include: [`section[aria-label="${name}"]`],
                resultTypes: ['violations'],
              }),
            QUESTION,
          );
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
          expect(faults).toEqual([]);
          await page.close();
        }
      },
    );

    it('follows a slider by keyboard, tells the changed decision, and takes it back', async () => {
      const { page, panel, faults } = await open('5');
      const slider = panel.getByRole('slider').first();
      await eventually(saying(panel)).toBe('The model says house.');
      await slider.focus();
      await page.keyboard.press('Home');
      await eventually(saying(panel)).toBe('The model now says barn instead of house.');
      expect(await slider.getAttribute('aria-valuetext')).toBe('not there');
      await page.keyboard.press('End');
      await eventually(saying(panel)).toBe('The model says house all the same.');
      // The picture stays: arrows belong to the slider while it is focused.
      await page.keyboard.press('ArrowLeft');
      await eventually(() => slider.inputValue()).toBe('1.95');
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('00.jpg');
      await page.keyboard.press('z');
      await eventually(() => slider.inputValue()).toBe('2');
      await page.keyboard.press('z');
      await eventually(saying(panel)).toBe('The model now says barn instead of house.');
      await panel.getByRole('button', { name: 'Reset all' }).click();
      await eventually(saying(panel)).toBe('The model says house.');
      await panel.getByRole('button', { name: 'Undo' }).click();
      await eventually(() => slider.inputValue()).toBe('0');
      expect(faults).toEqual([]);
      await page.close();
    });

    it('finds the smallest change and shows it on the sliders', async () => {
      const { page, panel } = await open('5');
      await panel.getByRole('button', { name: 'Find the smallest change' }).click();
      await panel.getByText(/^Concept 1 ×\s0\.\d\d makes it barn/).waitFor();
      await eventually(saying(panel)).toBe('The model now says barn instead of house.');
      expect(Number(await panel.getByRole('slider').first().inputValue())).toBeLessThan(1);
      await page.keyboard.press('ArrowRight');
      await eventually(saying(panel)).toBe('The model says house.');
      await page.close();
    });

    it('asks only for the newest factors while an answer is on its way', async () => {
      const { page, panel } = await open('5');
      await eventually(saying(panel)).toBe('The model says house.');
      await page.evaluate(() => {
        const tested = window as unknown as TestedWindow;
        const { call } = tested.workbench;
        const own = call.ablateImage;
        tested.asked = [];
        call.ablateImage = async (query) => {
          tested.asked.push(query.factors);
          await new Promise((resolve) => setTimeout(resolve, 400));
          return own(query);
        };
      });
      const slider = panel.getByRole('slider').first();
      await slider.focus();
      for (let press = 0; press < 20; press++) await page.keyboard.press('ArrowLeft');
      await eventually(saying(panel)).toBe('The model now says barn instead of house.');
      const asked = await page.evaluate(() => (window as unknown as TestedWindow).asked);
      expect(asked.length).toBeLessThan(12);
      expect(Object.values(asked.at(-1)!)).toEqual([0]);
      await page.close();
    });

    it('tells a failure in place and tries again', async () => {
      const { page, panel } = await open('5', { state: 'done', failing: ['ablateImage'] });
      const alert = panel.getByRole('alert');
      await alert.getByRole('button', { name: 'Try again' }).waitFor();
      // Ten concepts, and what none of them explains.
      expect(await panel.getByRole('slider').count()).toBe(11);
      await page.close();
    });

    it('counts and lists the images of a class that change, and opens one', async () => {
      const { page, panel, faults } = await open('4');
      await panel.getByRole('slider').focus();
      await page.keyboard.press('Home');
      await eventually(saying(panel)).toMatch(/^\s*\d+ decisions of 24\s+change:/);
      await panel.getByRole('button', { name: 'Count without it' }).click();
      await panel.getByText(/Without it \d+ images of 24/).waitFor();
      await panel
        .getByRole('button', { name: /house becomes barn/ })
        .first()
        .click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(
        await page.getByRole('button', { name: 'Images', exact: true }).getAttribute('aria-current'),
      ).toBe('page');
      expect(faults).toEqual([]);
      await page.close();
    });
  },
);
