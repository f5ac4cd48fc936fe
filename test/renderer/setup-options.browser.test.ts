import { describe, expect, it } from 'vitest';
import { optionControls } from '../../main/api/setup-options.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { seriousViolations } from './serious-violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'the options of a run in the setup (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    async function openSetup() {
      const { page, faults } = await pages.openScreen('2', { state: 'done' });
      const plan = page.locator('.plan');
      const advanced = plan.locator('details', { hasText: 'Advanced' }).last();
      return { page, faults, plan, advanced, open: () => advanced.locator('summary').click() };
    }

    it('are all there, the advanced ones folded away', async () => {
      const { page, faults, plan, open } = await openSetup();
      const controls = optionControls();
      const shown = (label: string) => plan.getByText(label, { exact: true }).first().isVisible();
      for (const { label, visibility } of controls.filter((one) => one.visibility !== 'own'))
        expect(await shown(label), label).toBe(visibility === 'plain');
      await open();
      for (const { label } of controls.filter((one) => one.visibility === 'advanced'))
        expect(await shown(label), label).toBe(true);
      expect(await seriousViolations(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('are set and taken back, the number of changes shown where they are folded away', async () => {
      const { page, plan, advanced, open } = await openSetup();
      await open();
      await plan.getByLabel('Samples').fill('64');
      await plan.getByLabel('Samples').press('Enter');
      await plan.getByLabel('Levels of parts').selectOption({ label: 'Where it goes well' });
      await plan.getByLabel('Occlusion').check();
      await plan.getByRole('checkbox', { name: 'As in the paper' }).check();
      await advanced.locator('summary', { hasText: '4 changed' }).waitFor();
      expect(await plan.getByLabel('Gated gradient').isChecked()).toBe(true);
      // The last map stays: without one there is nothing to see.
      await plan.getByLabel('Gated gradient').uncheck();
      expect(await plan.getByLabel('Occlusion').isDisabled()).toBe(true);
      await plan.getByRole('button', { name: 'Take the usual values' }).click();
      await advanced.locator('summary', { hasText: 'changed' }).waitFor({ state: 'detached' });
      expect(await plan.getByLabel('Samples').inputValue()).toBe('128');
      expect(await plan.getByLabel('Levels of parts').inputValue()).toBe('');
      await page.close();
    });

    it('say what a number may be, and keep what was set', async () => {
      const { page, plan, advanced, open } = await openSetup();
      await open();
      const side = plan.getByLabel('Side of a crop');
      await side.fill('5000');
      await side.press('Enter');
      await plan.getByRole('alert').getByText('A whole number from 1 to 4,096').waitFor();
      expect(await advanced.locator('summary').innerText()).not.toContain('changed');
      await side.fill('48');
      await side.press('Enter');
      await advanced.locator('summary', { hasText: '1 changed' }).waitFor();
      await side.fill('');
      await side.press('Enter');
      await advanced.locator('summary', { hasText: 'changed' }).waitFor({ state: 'detached' });
      await page.close();
    });
  },
);
