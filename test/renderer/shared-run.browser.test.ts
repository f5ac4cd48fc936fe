import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { sidewaysOverflow } from './sideways-overflow.ts';
import { violations } from './violations.ts';

const browserPath = findBrowser();

describe.skipIf(browserPath === undefined)(
  'a run that several processes share (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();
    async function open(options: FakeOptions, view?: PageView) {
      const opened = await pages.open(options, view);
      opened.page.setDefaultTimeout(10_000);
      await opened.page
        .getByRole('contentinfo')
        .getByRole('button', { name: /^Tessera/ })
        .waitFor();
      return opened;
    }

    it('is started from the setup, watched by stage and shard, and cancelled', async () => {
      const { page, faults } = await open({ state: 'ready' });
      await page.keyboard.press('2');
      const place = page.getByLabel('Computed by');
      await place.selectOption('local');
      await expect
        .poll(() => page.getByRole('spinbutton', { name: /Processes/ }).getAttribute('placeholder'))
        .toBe('4');
      await page.getByRole('button', { name: 'Explain' }).click();
      const run = page.getByRole('region', { name: 'Shared run' });
      await run.getByText('4 shards by processes of this computer').waitFor();
      await run
        .getByRole('row', { name: /Read the activations under way.*83 of 200.*212\/s.*0:35/ })
        .waitFor();
      await run.getByRole('row', { name: /^1 of 4 failed 576 of 3.?200 node1/ }).waitFor();
      await run.getByText('Mount the folder on this machine.').waitFor();
      await page.getByRole('contentinfo').getByText('“house” in 4 shards').waitFor();
      expect(await violations(page)).toEqual([]);
      await run.getByRole('button', { name: 'Cancel' }).click();
      await run.getByText('Cancelled. What was computed is kept').waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('says what is not there and what to do, and shows the scripts of a cluster all the same', async () => {
      const { page, faults } = await open({ state: 'ready' });
      await page.keyboard.press('2');
      await page.getByLabel('Computed by').selectOption('slurm');
      await page.getByText('Start Tessera on the login node of the cluster').waitFor();
      expect(await page.getByRole('button', { name: 'Explain' }).isDisabled()).toBe(true);
      await page.getByLabel('Partition').fill('short');
      await page.getByRole('button', { name: 'Preview the scripts' }).click();
      await page.getByText('predictions.sh').click();
      await page.getByText('#SBATCH --partition=short').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByLabel('Computed by').selectOption('bullmq');
      await page.getByText('Type the address of the queue.').waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('is found again where it stopped, and opens as any other when it is finished', async () => {
      const { page } = await open({ state: 'ready', shared: 'paused' });
      await page.keyboard.press('3');
      const run = page.getByRole('region', { name: 'Shared run' });
      await run.getByText('the program was ended meanwhile').waitFor();
      await run.getByRole('button', { name: 'Continue' }).click();
      await run.getByText('Shards are at work').waitFor();
      await page.close();
      const { page: done } = await open({ state: 'done', shared: 'done' });
      await done
        .getByText(/concepts? from/)
        .first()
        .waitFor();
      await done.keyboard.press('3');
      await done
        .getByRole('region', { name: 'Shared run' })
        .getByRole('button', { name: 'See the concepts' })
        .click();
      await done.getByRole('option', { name: /Concept 2/ }).waitFor();
      await done.close();
    });

    it.each([
      [1440, 900, 'light'],
      [1024, 700, 'dark'],
    ] as const)('fits %i × %i', async (width, height, colorScheme) => {
      const { page } = await open({ state: 'ready', shared: 'running' }, { width, height, colorScheme });
      const shots = process.env['TESSERA_SHOTS'];
      const shoot = async (name: string): Promise<void> => {
        if (shots === undefined) return;
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: `${shots}/${name}-${width}.png` });
      };
      await page.keyboard.press('3');
      await page.getByRole('region', { name: 'Shared run' }).waitFor();
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
      await shoot('run');
      await page.keyboard.press('2');
      await page.getByLabel('Computed by').selectOption('slurm');
      await page.getByLabel('Computed by').scrollIntoViewIfNeeded();
      await page.getByText('Start Tessera on the login node').waitFor();
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
      await shoot('setup');
      await page.close();
    });
  },
);
