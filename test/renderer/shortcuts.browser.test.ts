import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'a shortcut, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();

    it.each([
      ['light', 1440, 900],
      ['light', 1024, 700],
      ['dark', 1440, 900],
      ['dark', 1024, 700],
    ] as const)(
      'stands with the verdict, in the list and at its concept, in %s at %i × %i',
      async (colorScheme, width, height) => {
        const shots = process.env['SHORTCUT_SHOTS'];
        const open = (key: string) =>
          pages.openScreen(key, { state: 'done' }, { colorScheme, width, height });
        const concepts = await open('4');
        await concepts.page
          .getByText('The explanation holds up; the model leans on the top left corner.')
          .waitFor();
        const flagged = concepts.page.getByRole('option').filter({ hasText: 'Shortcut' });
        expect(await flagged.count()).toBe(1);
        await flagged.click();
        const fact = concepts.page.getByRole('region', { name: 'Shortcut' });
        // In a narrow window a concept's own column opens at a press.
        const opener = concepts.page.getByRole('button', { name: 'Details' });
        if (await opener.isVisible()) await opener.click();
        await fact.getByText('Shortcut: the model leans on the top left corner').waitFor();
        expect(await fact.getByRole('listitem').count()).toBeGreaterThanOrEqual(4);
        await concepts.page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
        if (shots !== undefined)
          await concepts.page.screenshot({ path: `${shots}/concepts-${colorScheme}-${width}.png` });
        expect(await violations(concepts.page)).toEqual([]);
        expect(concepts.faults).toEqual([]);
        await concepts.page.close();

        const evaluate = await open('6');
        const beside = evaluate.page.getByRole('region', { name: 'Shortcut' });
        await beside.getByText('given to 48 other images').waitFor();
        if (shots !== undefined)
          await evaluate.page.screenshot({ path: `${shots}/evaluate-${colorScheme}-${width}.png` });
        expect(await violations(evaluate.page)).toEqual([]);
        await beside.getByRole('button', { name: 'Show the concept' }).click();
        await evaluate.page.getByRole('option', { selected: true }).getByText('Shortcut').waitFor();
        expect(evaluate.faults).toEqual([]);
        await evaluate.page.close();
      },
    );
  },
);
