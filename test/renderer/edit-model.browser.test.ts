import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { dropFiles } from '../e2e/steps.ts';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';
import { sidewaysOverflow } from './sideways-overflow.ts';

describe.skipIf(findBrowser() === undefined)(
  'taking a concept out of the model (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();
    const FILE = [join(import.meta.dirname, '../../models/demo/images/house/01.jpg')];
    const open = (options: Omit<FakeOptions, 'state'> = {}, view?: PageView) =>
      pages.openScreen('e', { state: 'done', ...options }, view);

    it.each([
      ['light', 1440],
      ['dark', 1024],
      ['light', 760],
    ] as const)(
      'tries an edit by keyboard and tells what it fixes and breaks, without a fault (%s, %i pixels)',
      async (colorScheme, width) => {
        const { page, faults } = await open({}, { colorScheme, width, height: 760 });
        const tryIt = page.getByRole('button', { name: 'Try the edit' });
        await page.getByText('Choose at least one concept.').waitFor();
        expect(await tryIt.isDisabled()).toBe(true);
        await page.getByRole('checkbox').first().press('Space');
        await tryIt.press('Enter');
        const verdict = page.getByText('Fixes 4 of 6 mistakes, breaks 1 of 34 right answers.');
        await verdict.waitFor();
        await page.getByText('The difference may be chance').waitFor();
        await page.getByText('images tell that were held out').waitFor();
        await page.getByText('Without Concept 1 · With all that goes along').waitFor();
        await page.getByText('Other classes rest on what was taken out: barn loses 2').waitFor();
        await page.getByText('The other 4 classes change by 0.60 at most.').waitFor();
        await page.getByText('0.90 ms, before 0.82 ms (1.10 times)').waitFor();
        expect(await violations(page)).toEqual([]);
        const overflow = await sidewaysOverflow(page);
        expect(overflow).toBeLessThanOrEqual(0);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('says that the settings have changed since, and again nothing once they are as they were', async () => {
      const { page, faults } = await open();
      const since = page.getByText('The settings at the left have changed since');
      await page.getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Try the edit' }).click();
      await page.getByText('Fixes 4 of 6 mistakes').waitFor();
      expect(await since.count()).toBe(0);
      const left = page.getByRole('slider', { name: /^How much of Concept 1 is left/ });
      await left.press('ArrowRight');
      expect(await left.getAttribute('aria-valuetext')).toMatch(/^5\s% is left$/);
      await since.waitFor();
      await left.press('ArrowLeft');
      await expect.poll(() => since.count()).toBe(0);
      await page.getByRole('radio', { name: /^Its amount/ }).check();
      await page.getByRole('combobox', { name: /^Where it is taken out/ }).selectOption({ index: 1 });
      await since.waitFor();
      await page.getByRole('button', { name: 'Try the edit' }).click();
      await page.getByText(/^Without Concept 1 in the score of .+ alone · Its amount$/).waitFor();
      await expect.poll(() => since.count()).toBe(0);
      // What was tried is still there after another screen.
      await page.keyboard.press('4');
      await page.keyboard.press('e');
      await page.getByText('Fixes 4 of 6 mistakes').waitFor();
      await page.getByRole('button', { name: 'Save edited model…' }).click();
      await page.getByText('Saved: /home/ada/model edited.onnx').first().waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('judges on folders that are dropped, and shows the pictures of each kind of change', async () => {
      const { page, faults } = await open();
      await dropFiles(page, FILE);
      await page.getByRole('list', { name: 'Held-out folders' }).getByText('01.jpg').waitFor();
      await page.getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Try the edit' }).click();
      const heldOut = page.getByRole('region', { name: 'On held-out images' });
      await heldOut.getByText('Fixes 4 of 6 mistakes').waitFor();
      await heldOut.getByText('2 images of these folders were given to the run').waitFor();
      const run = page.getByRole('region', { name: 'On the images of the run' });
      const pictures = run.getByRole('list', { name: 'Images whose decision changes' }).getByRole('button');
      expect(await pictures.count()).toBe(4);
      await run.getByText('Right → wrong (1)').click();
      await expect.poll(() => pictures.count()).toBe(1);
      await pictures.first().click();
      await expect
        .poll(() => page.getByRole('button', { name: 'Images' }).first().getAttribute('aria-current'))
        .toBe('page');
      expect(faults).toEqual([]);
      await page.close();
    });

    it('tells what each concept costs beside its name', async () => {
      const { page, faults } = await open();
      await page.getByRole('button', { name: 'What does each cost?' }).click();
      await page
        .getByText('On 400 images of all classes, of which 390 are right. Harmless is what')
        .waitFor();
      const cost = page.getByText('breaks 12', { exact: true });
      expect(await cost.getAttribute('title')).toBe(
        'Taken out whole, it breaks 12 right answers and mends 4 mistakes. By half, it breaks 0 right answers and mends 1 mistake.',
      );
      expect(await page.getByText('harmless', { exact: true }).count()).toBeGreaterThan(1);
      expect(await violations(page)).toEqual([]);
      const shots = process.env['EDIT_SHOTS'];
      if (shots !== undefined) await page.screenshot({ path: `${shots}/costs.png` });
      expect(faults).toEqual([]);
      await page.close();
    });

    it('counts with and without a cue that the table tells, and no longer where that is left', async () => {
      const { page, faults } = await open({ hasTable: true });
      await page.getByRole('checkbox').first().check();
      const cue = page.getByRole('combobox', { name: /^Count with and without/ });
      await cue.selectOption('time');
      await page.getByRole('button', { name: 'Try the edit' }).click();
      const sides = page.getByRole('rowgroup').filter({ hasText: 'By “time”' });
      await sides.getByRole('row', { name: /^yes 20/ }).waitFor();
      await sides.getByRole('row', { name: /^no 20/ }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'No longer count by time' }).click();
      await page.getByText('The settings at the left have changed since').waitFor();
      await page.getByRole('button', { name: 'Try the edit' }).click();
      await expect.poll(() => sides.count()).toBe(0);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('points to the search where an edit mended little', async () => {
      const { page } = await open({ editModel: { mendsLittle: true } });
      await page.getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Try the edit' }).click();
      await page.getByText('This edit mends little.').waitFor();
      const proof = page.getByRole('region', { name: 'On the images of the run' });
      await proof.getByRole('button', { name: 'Find the least change' }).click();
      await page.getByText('64 edits tried').waitFor();
      // The search is there; there is nothing more to point to.
      await expect.poll(() => page.getByText('This edit mends little.').count()).toBe(0);
      await page.close();
    });

    it.each([
      ['light', 1440],
      ['dark', 1024],
    ] as const)(
      'finds the least change, and sets the one that is chosen (%s, %i)',
      async (colorScheme, width) => {
        const { page, faults } = await open({}, { colorScheme, width, height: 760 });
        await page.getByRole('button', { name: 'Find the least change' }).press('Enter');
        const found = page.getByRole('region', { name: 'The least change' });
        await found.getByText('64 edits tried').waitFor();
        await found.getByText('fixes 3 of 5 mistakes, breaks 3 of 15 right answers').waitFor();
        expect(await violations(page)).toEqual([]);
        const last = found.getByRole('row').last();
        await last.getByRole('button').press('Enter');
        expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(2);
        await found.getByText('the chosen one fixes 4 of 5 mistakes').waitFor();
        expect(await found.getByRole('button', { pressed: true }).count()).toBe(2);
        await found
          .getByRole('button', { name: /^Without Concept 1 · To the usual amount: mends 2/ })
          .press('Space');
        expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(1);
        const overflow = await sidewaysOverflow(page);
        expect(overflow).toBeLessThanOrEqual(0);
        expect(faults).toEqual([]);
        await page.close();
      },
    );

    it('finds concepts at other layers, sets them in the place of the run’s, and leaves them again', async () => {
      const { page, faults } = await open({}, { colorScheme: 'dark', width: 1024, height: 760 });
      await page.getByRole('checkbox', { name: /^Also at other layers/ }).check();
      await page.getByRole('button', { name: 'Find the least change' }).click();
      const found = page.getByRole('region', { name: 'The least change' });
      await found.getByText('64 edits tried at 2 layers').waitFor();
      await found.getByRole('row').last().getByRole('button').click();
      const others = page.getByRole('list', { name: 'Concepts at another layer, which the search found' });
      expect(await others.getByRole('listitem').allTextContents()).toEqual([
        'Concept 3 at /net/early',
        'Concept 5 at /net/early',
      ]);
      await found.getByText('the chosen one fixes 4 of 5 mistakes').waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
      await page.getByRole('button', { name: 'Try the edit' }).click();
      await page.getByRole('paragraph').filter({ hasText: 'With 50' }).waitFor();
      await page.getByRole('button', { name: 'Leave these concepts as they are' }).click();
      await page.getByText('Choose at least one concept.').waitFor();
      await found.getByRole('row').last().getByRole('button').click();
      await page.getByRole('group', { name: 'Concepts to take out' }).getByRole('checkbox').first().check();
      await expect.poll(() => others.count()).toBe(0);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('saves the audit package with what was tried', async () => {
      const { page } = await open();
      await page.getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Try the edit' }).click();
      await page.getByRole('button', { name: 'Save the audit package…' }).click();
      await page.getByText('Saved: /home/ada/model audit.zip').first().waitFor();
      await page.close();
    });

    it('is reached from a concept, which is then chosen', async () => {
      const { page } = await pages.openScreen('4', { state: 'done' });
      await page.getByRole('button', { name: 'Take out of the model…' }).press('Enter');
      await page.getByRole('button', { name: 'Try the edit' }).waitFor();
      expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(1);
      await page.close();
    });

    it('says that right and wrong are not known where no folder names a class', async () => {
      const { page } = await open({ editModel: { isUnnamed: true } });
      await page.getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Try the edit' }).click();
      await page.getByText('Changes 6 decisions of 40.').waitFor();
      await page.getByText('Whether that is right is not known').waitFor();
      expect(await page.getByText('Right answers').count()).toBe(0);
      await page.close();
    });

    it('can be given up, and tells a failure with the way out', async () => {
      for (const [options, text] of [
        [{ held: ['tryEdit'] }, 'Trying the edit'],
        [{ failing: ['tryEdit'] }, 'the file ends in the middle of the graph'],
      ] as const) {
        const { page } = await open(options);
        await page.getByRole('checkbox').first().check();
        await page.getByRole('button', { name: 'Try the edit' }).click();
        await page.getByText(text).first().waitFor();
        if ('held' in options) {
          await page.getByRole('button', { name: 'Cancel' }).press('Enter');
          await page.getByText('Stopped before the edit was tried.').waitFor();
        } else await page.getByRole('button', { name: 'Try again' }).waitFor();
        await page.close();
      }
    });
  },
);
