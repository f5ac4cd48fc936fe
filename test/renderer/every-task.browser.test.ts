import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { FakeTask } from '../fakes/fake-tasks.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const SCREENS = { 2: 'Setup', 3: 'Run', 4: 'Concepts', 5: 'Images', 6: 'Evaluate', 7: 'Report' } as const;

/** What is read on a screen: all but the choices that a menu would open to. */
const textOf = (page: Page): Promise<string> =>
  page.getByRole('main').evaluate((main) => {
    const menus = [...main.querySelectorAll<HTMLElement>('select')];
    menus.forEach((menu) => (menu.hidden = true));
    const text = (main as HTMLElement).innerText;
    menus.forEach((menu) => (menu.hidden = false));
    return text;
  });

/** Words that only classes or probabilities have, by what the model tells. */
const FOREIGN: Readonly<Record<FakeTask, RegExp>> = {
  binary: /the class\b|a class\b|classes\b(?<!2 classes)|image classifier/i,
  regression: /\bclass|confusion|probabilit|mistake|the folder says|logit(?!s:)/i,
  embedding: /\bclass(?!es\. What)|confusion|probabilit|mistake|the folder says|logit(?!s:)/i,
};

describe.skipIf(findBrowser() === undefined)(
  'the window over a model that has no classes (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();
    const cases = (['binary', 'regression', 'embedding'] as const).flatMap((task) =>
      (['light', 'dark'] as const).map((scheme) => [task, scheme] as const),
    );

    it.each(cases)(
      'has no word of classes on any screen, and no fault (%s, %s)',
      async (task, colorScheme) => {
        const { page, faults } = await pages.openScreen('2', { state: 'done', task }, { colorScheme });
        page.setDefaultTimeout(10_000);
        for (const [key, screen] of Object.entries(SCREENS)) {
          await page.keyboard.press(key);
          await page
            .getByRole('main', { name: new RegExp(screen, 'i') })
            .or(page.getByRole('main'))
            .first()
            .waitFor();
          await page.waitForLoadState('networkidle');
          const lines = (await textOf(page)).split('\n');
          expect(
            lines.filter((line) => FOREIGN[task].test(line)),
            screen,
          ).toEqual([]);
          expect(await violations(page), screen).toEqual([]);
        }
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('takes a share as the threshold of a yes or no, and refuses what is none', async () => {
      const { page } = await pages.openScreen('2', { state: 'done', task: 'binary' });
      page.setDefaultTimeout(10_000);
      const field = page.getByLabel(/^Threshold/);
      await field.fill('0.3');
      await field.press('Tab');
      await expect.poll(() => field.inputValue()).toBe('0.3');
      expect(await page.getByText(/expected a number/i).count()).toBe(0);
      await field.fill('1.5');
      await field.press('Tab');
      await page.getByRole('alert').getByText('A number from 0 to 1').waitFor();
      await page.close();
    });

    it('tells a number with its unit and names the border beside what-if and smallest change', async () => {
      const { page } = await pages.openScreen('5', { state: 'done', task: 'regression' });
      page.setDefaultTimeout(10_000);
      const image = page.getByRole('region', { name: 'Image', exact: true });
      await image.getByText(/^4\d(\.\d)?\syears, higher than 34\.1\syears$/).waitFor();
      const whatIf = page.getByRole('region', { name: 'What if this concept were not there?' });
      await whatIf.getByText(/^before → after; border 34\.1\syears \(mean\)$/).waitFor();
      await whatIf.getByRole('slider').first().focus();
      await page.keyboard.press('Home');
      await whatIf
        .getByText(/^The model now says 2\d(\.\d)?\syears instead of 4\d(\.\d)?\syears\.$/)
        .waitFor();
      await whatIf.getByRole('button', { name: 'Find the smallest change' }).click();
      await whatIf
        .getByText(/makes it lower than 34\.1\syears: .* → .*, border 34\.1\syears \(mean\)/)
        .waitFor();
      expect(await page.getByRole('region', { name: /^Why not/ }).count()).toBe(0);
      await page.close();
    });

    it('names the border of a probability, and asks what it would take to cross it', async () => {
      const { page } = await pages.openScreen('5', { state: 'done', task: 'binary' });
      page.setDefaultTimeout(10_000);
      const whatIf = page.getByRole('region', { name: 'What if this concept were not there?' });
      await whatIf.getByText(/^before → after; logit in small; border 50\s%$/).waitFor();
      await whatIf.getByRole('button', { name: 'Find the smallest change' }).click();
      await whatIf.getByText(/makes it healthy: pneumonia .* → .*, border 50\s%/).waitFor();
      await page.close();
    });

    it('says in Setup which images are explained, in the words of the task', async () => {
      for (const [task, choices] of [
        [
          'binary',
          ['Images the model calls “pneumonia”', 'Images in folders named “pneumonia”', 'All images'],
        ],
        ['regression', ['All images']],
      ] as const) {
        const { page } = await pages.openScreen('2', { state: 'done', task });
        const options = page.getByLabel('Explain on').getByRole('option');
        await expect.poll(() => options.allTextContents()).toEqual(choices);
        await page.close();
      }
    });

    it('asks what speaks for a class, what against it, and why not another', async () => {
      const { page } = await pages.openScreen('2', { state: 'done' });
      page.setDefaultTimeout(10_000);
      const question = page.getByRole('combobox', { name: 'Question' });
      const plan = page.locator('.plan');
      await question.selectOption({ label: 'What speaks against house?' });
      await plan.getByText('not house', { exact: true }).waitFor();
      const options = page.getByLabel('Explain on').getByRole('option');
      await expect.poll(() => options.first().textContent()).toBe('Images the model does not call “house”');
      await question.selectOption({ label: 'Why house rather than barn?' });
      await plan.getByText('house rather than barn', { exact: true }).waitFor();
      await question.selectOption({ label: 'Why house?' });
      await plan.getByText('house', { exact: true }).waitFor();
      await page.close();
    });
  },
);
