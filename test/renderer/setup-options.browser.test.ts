import { describe, expect, it } from 'vitest';
import { optionControls } from '../../main/api/setup-options.ts';
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { violations } from './violations.ts';

const eventually = (read: () => Promise<unknown>) => expect.poll(read, { timeout: 10_000 });

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
      expect(await violations(page)).toEqual([]);
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

    /** The demo's setup with a number of concepts that the layer refuses, and samples out of bounds. */
    async function openRefused() {
      const opened = await openSetup();
      await opened.open();
      const { page, plan } = opened;
      const [concepts, samples] = [plan.getByLabel('Concepts', { exact: true }), plan.getByLabel('Samples')];
      await concepts.fill('200');
      await concepts.press('Enter');
      await plan.getByRole('alert').getByText('80 channels').waitFor();
      await samples.fill('70000');
      await samples.press('Enter');
      await plan.getByRole('alert').getByText('A whole number from 2 to 65,536').waitFor();
      const shown = async () => [await concepts.inputValue(), await samples.inputValue()];
      expect(await shown()).toEqual(['200', '70000']);
      const alerts = () => plan.getByRole('alert').count();
      const explain = plan.getByRole('button', { name: 'Explain', exact: true });
      return { ...opened, page, plan, concepts, shown, alerts, explain };
    }

    it('let the click that leaves a field start the run with what was typed', async () => {
      const { page, plan, open } = await openSetup();
      await open();
      await plan.getByLabel('Samples').fill('256');
      await plan.getByRole('button', { name: 'Explain', exact: true }).click();
      await page.locator('main').getByRole('button', { name: 'Pause' }).waitFor();
      await page.close();
    });

    it('keep a run from starting while a number is refused, and say why', async () => {
      const { page, plan, explain, alerts, concepts } = await openRefused();
      expect(await explain.isDisabled()).toBe(true);
      await plan.getByText('Concepts: The layer has 80 channels').last().waitFor();
      await plan.getByRole('button', { name: 'Undo' }).click();
      await eventually(alerts).toBe(0);
      expect(await explain.isDisabled()).toBe(false);
      for (const wrong of ['0', '2.5']) {
        await concepts.fill(wrong);
        await concepts.press('Enter');
        await plan.getByRole('alert').getByText('A whole number from 1 to 256').waitFor();
      }
      expect(await page.getByText('setOptions').count()).toBe(0);
      // An emptied field shows what counts.
      await concepts.fill('');
      await concepts.press('Enter');
      await eventually(() => concepts.inputValue()).toBe('10');
      await eventually(alerts).toBe(0);
      await page.close();
    });

    it('take refused numbers back with the usual values, and with undo', async () => {
      const { page, plan, shown, alerts } = await openRefused();
      await plan.getByRole('button', { name: 'Take the usual values' }).click();
      await eventually(shown).toEqual(['200', '128']);
      expect(await alerts()).toBe(1);
      await plan.getByRole('button', { name: 'Undo' }).click();
      await eventually(shown).toEqual(['10', '128']);
      expect(await alerts()).toBe(0);
      await page.close();
    });

    it('do not carry refused numbers over to another project', async () => {
      const { page, plan, shown, alerts } = await openRefused();
      await plan.getByLabel('Samples').blur();
      await page.keyboard.press('1');
      await page
        .getByRole('button', { name: /harbour cameras/ })
        .first()
        .click();
      await page.keyboard.press('2');
      await plan.waitFor();
      await eventually(shown).toEqual(['3', '64']);
      expect(await alerts()).toBe(0);
      await page.close();
    });
  },
);
