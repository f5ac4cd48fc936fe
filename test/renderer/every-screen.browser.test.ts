import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const browserPath = findBrowser();

/** What the window can look like beside the plain screens, which workbench.browser.test.ts looks at. */
const LOOKS: readonly {
  readonly name: string;
  readonly options: FakeOptions;
  readonly reach: (page: Page) => Promise<void>;
}[] = [
  { name: 'a setup that is filled', options: { state: 'ready' }, reach: (page) => page.keyboard.press('2') },
  {
    name: 'classes that are counted',
    options: { state: 'ready', classes: 40 },
    async reach(page) {
      await page.keyboard.press('2');
      const ask = page.getByRole('button', { name: /^Ask about/ });
      const find = page.getByRole('searchbox', { name: 'Find a class' });
      await ask.or(find).first().waitFor();
      if (await ask.isVisible()) await ask.click();
      await find.waitFor();
    },
  },
  { name: 'a run that is finished', options: { state: 'done' }, reach: (page) => page.keyboard.press('3') },
  {
    name: 'a run that failed',
    options: { state: 'failed' },
    async reach(page) {
      await page.keyboard.press('3');
      await page.getByText('the file ends in the middle of the graph').waitFor();
    },
  },
  {
    name: 'the tree and a part',
    options: { state: 'done' },
    async reach(page) {
      await page.keyboard.press('4');
      await page.getByText('Tree', { exact: true }).click();
      await page.getByText('Concept 1.1').first().click();
      await page.getByRole('button', { name: 'Open its gallery' }).waitFor();
    },
  },
  {
    name: 'a notice',
    options: { state: 'done' },
    async reach(page) {
      await page.keyboard.press('4');
      await page.keyboard.press('h');
      await page.getByText('Hidden.').first().waitFor();
    },
  },
  {
    name: 'the search',
    options: { state: 'done' },
    async reach(page) {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('concept');
    },
  },
  {
    name: 'the keys',
    options: { state: 'done' },
    async reach(page) {
      await page.keyboard.press('?');
      await page.getByRole('complementary', { name: 'All keys' }).waitFor();
    },
  },
];

describe.skipIf(browserPath === undefined)(
  'the window (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function open(options: FakeOptions, colorScheme: 'light' | 'dark' = 'light') {
      const { page, faults } = await pages.open(options, { colorScheme });
      page.setDefaultTimeout(10_000);
      await page.getByRole('navigation', { name: 'Screens' }).waitFor();
      await page
        .getByText(options.state === 'done' ? /concepts? from/ : /Ready|\/s/)
        .first()
        .waitFor();
      return { page, faults };
    }

    const cases = LOOKS.flatMap((look) =>
      (['light', 'dark'] as const).map((scheme) => ({ ...look, scheme })),
    );
    it.each(cases)(
      'shows $name in $scheme without a fault that axe calls moderate, under one heading',
      async ({ options, reach, scheme }) => {
        const { page, faults } = await open(options, scheme);
        await reach(page);
        await page.waitForLoadState('networkidle');
        expect(await violations(page)).toEqual([]);
        expect(await page.locator('h1').count()).toBe(1);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('finds a class among many by name, and takes it by Enter without leaving the field', async () => {
      const { page } = await open({ state: 'ready', classes: 40 });
      await LOOKS[1].reach(page);
      const find = page.getByRole('searchbox', { name: 'Find a class' });
      const group = page.getByRole('group', { name: 'Class to explain' });
      const all = await group.getByRole('radio').count();
      await find.focus();
      await page.keyboard.type('KIND 3');
      await expect.poll(() => group.getByRole('radio').count()).toBe(11);
      await page.keyboard.press('Enter');
      await expect.poll(() => group.getByRole('radio', { name: /^kind 3 / }).isChecked()).toBe(true);
      expect(await find.evaluate((field) => document.activeElement === field)).toBe(true);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => group.getByRole('radio', { name: /^kind 30 / }).isChecked()).toBe(true);
      await find.focus();
      await page.keyboard.press('Escape');
      await expect.poll(() => group.getByRole('radio').count()).toBe(all);
      await page.close();
    });

    it('leaves the keyboard where it was after a rename, also one that is given up', async () => {
      const { page } = await open({ state: 'done' });
      await page.keyboard.press('4');
      const list = page.getByRole('listbox', { name: 'Concepts by importance' });
      const field = page.getByRole('textbox', { name: 'Name of the concept' });
      const hasFocus = (name: string) => page.getByRole('button', { name, exact: true });
      for (const end of ['Enter', 'Escape']) {
        await list.focus();
        await page.keyboard.press('r');
        await field.waitFor();
        await page.keyboard.type('mark');
        await page.keyboard.press(end);
        await expect.poll(() => list.evaluate((own) => document.activeElement === own)).toBe(true);
      }
      await hasFocus('Rename').focus();
      await page.keyboard.press('Enter');
      await field.waitFor();
      await page.keyboard.press('Enter');
      const isThere = () => hasFocus('Rename').evaluate((own) => document.activeElement === own);
      await expect.poll(isThere).toBe(true);
      expect(await field.count()).toBe(0);
      await page.close();
    });

    it('shows a picture of a concept beside its name, and one crop an image to begin with', async () => {
      const { page } = await open({ state: 'done' });
      await page.keyboard.press('4');
      expect(await page.getByRole('combobox', { name: 'Places' }).inputValue()).toBe('strongest');
      await page.keyboard.press('5');
      await page
        .getByRole('group', { name: /^Concepts importance here/ })
        .locator('img')
        .first()
        .waitFor();
      await page.getByRole('group', { name: 'How much of each concept' }).locator('img').first().waitFor();
      await page.keyboard.press('6');
      await page
        .getByRole('row', { name: /^Concept 1 / })
        .locator('img')
        .first()
        .waitFor();
      await page.keyboard.press('7');
      await page
        .getByRole('group', { name: /^Concepts hidden/ })
        .locator('img')
        .first()
        .waitFor();
      await page.close();
    });
  },
);
