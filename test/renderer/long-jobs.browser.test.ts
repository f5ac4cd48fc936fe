import { describe, expect, it } from 'vitest';
import type { JobKind, LongJob } from '../../main/api/contract.ts';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const browserPath = findBrowser();

const job = (kind: JobKind, changes: Partial<LongJob> = {}): LongJob => ({
  id: `job-${kind}`,
  kind,
  subject: null,
  folder: '/home/ada/demo.tessera',
  projectName: 'demo',
  progress: { stage: 'rows', done: 12, total: 37 },
  waitsFor: [],
  isStopping: false,
  ...changes,
});

describe.skipIf(browserPath === undefined)(
  'long work (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();
    /** A screen once the work is told of, which takes the place of what the edge says of the run. */
    async function openAt(key: string, options: FakeOptions) {
      const { page, faults } = await pages.open(options);
      page.setDefaultTimeout(10_000);
      await page
        .getByRole('contentinfo')
        .getByRole('button', { name: /^Cancel: / })
        .first()
        .waitFor();
      await page.keyboard.press(key);
      return { page, faults };
    }

    it('that waits for the run says so where it was asked for, and can be given up there', async () => {
      const waiting = job('decomposition', { subject: 'c1', waitsFor: ['run'], progress: null });
      const { page, faults } = await openAt('4', {
        state: 'done',
        jobs: [waiting],
        held: ['decomposeConcept'],
      });
      await page.getByRole('option', { name: /Concept 2/ }).click();
      const parts = page.getByRole('region', { name: 'Parts' });
      await parts.getByRole('button', { name: 'Decompose into parts' }).click();
      await parts.getByText('Decomposing a concept: waits for the run to finish').waitFor();
      expect(await violations(page)).toEqual([]);
      await parts.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('The decomposition was stopped.').first().waitFor();
      await parts.getByRole('button', { name: 'Decompose into parts' }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('is told of at the edge of every screen and beside the run, with a way to give each up', async () => {
      const jobs = [
        job('evaluation', { progress: { stage: 'evaluation', done: 3, total: 44 } }),
        job('report', { folder: '/home/ada/other.tessera', projectName: 'other' }),
        job('maps'),
      ];
      const { page } = await pages.open({ state: 'running', runWaitsFor: ['evaluation'], jobs });
      const edge = page.getByRole('contentinfo');
      await edge.getByText('The run waits for the evaluation to finish').waitFor();
      await edge.getByText('Evaluating the run').waitFor();
      await edge.getByText('3/44').waitFor();
      await edge.getByRole('button', { name: 'and 2 more' }).click();
      const list = page.getByRole('region', { name: 'Also under way' });
      await list.getByText('Writing the report (in other)').waitFor();
      await list.getByText('3 of 44').waitFor();
      await page.getByText('It waits for the evaluation to finish').waitFor();
      expect(await violations(page)).toEqual([]);
      await list.getByRole('button', { name: 'Cancel: Writing the report' }).click();
      await expect.poll(() => list.getByRole('listitem').count()).toBe(2);
      await edge.getByRole('button', { name: 'Cancel: Evaluating the run' }).click();
      await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
      await page.close();
    });

    const asked = [
      ['6', 'Evaluate thoroughly', 'evaluateRun', 'evaluation', 'Evaluating the run'],
      ['7', 'Save HTML', 'saveReport', 'report', 'Writing the report'],
      ['4', 'Count without it', 'getDependence', 'dependence', 'Counting decisions without each concept'],
      ['5', 'Find the smallest change', 'findCounterfactual', 'smallest-change', 'Looking for the smallest'],
      ['5', '', 'getImage', 'maps', 'Drawing maps'],
      ['5', '', 'ablateImage', 'what-if-image', 'Asking the model what if'],
      ['7', '', 'previewReport', 'preview', 'Making the preview'],
    ] as const;
    it.each(asked)(
      'on screen %s after "%s" is given up in its place',
      async (key, button, held, kind, text) => {
        const { page, faults } = await openAt(key, {
          state: 'done',
          held: [held],
          jobs: [job(kind)],
        });
        const main = page.getByRole('main');
        if (button !== '') await main.getByRole('button', { name: button, exact: true }).first().click();
        await main.getByText(text).first().waitFor();
        const cancel = main.getByRole('button', { name: 'Cancel', exact: true });
        await cancel.focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => cancel.count()).toBe(0);
        expect(await page.getByRole('alert').count()).toBe(0);
        expect(faults).toEqual([]);
        await page.close();
      },
    );
  },
);
