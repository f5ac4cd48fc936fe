import { describe, expect, it } from 'vitest';
import { fakeWorkbenchPages, type PageView } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';
import { sidewaysOverflow } from './sideways-overflow.ts';
import { violations } from './violations.ts';

describe.skipIf(findBrowser() === undefined)(
  'the screen Studies, in a browser (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 120_000 },
  () => {
    const pages = fakeWorkbenchPages();
    const views: PageView[] = [
      { colorScheme: 'light', width: 1440, height: 900 },
      { colorScheme: 'dark', width: 1024, height: 700 },
      { colorScheme: 'light', width: 1024, height: 700 },
      { colorScheme: 'dark', width: 1440, height: 900 },
    ];
    const open = (view?: PageView) => pages.openScreen('s', { state: 'done' }, view);

    it.each(views)('plans, freezes, serves and reads a study ($width, $colorScheme)', async (view) => {
      const { page, faults } = await open(view);
      const shots = process.env['STUDY_SHOTS'];
      const shoot = async (name: string) => {
        expect(await violations(page)).toEqual([]);
        expect(await sidewaysOverflow(page)).toBe(0);
        if (shots !== undefined)
          await page.screenshot({ path: `${shots}/${name}-${view.width}-${view.colorScheme}.png` });
      };
      await page.getByRole('heading', { name: 'New study' }).waitFor();
      await page.getByText(/sees the\s+difference in 40\s% of cases/).waitFor();
      const freeze = page.getByRole('button', { name: 'Draw and freeze the study' });
      expect(await freeze.isDisabled()).toBe(true);
      await shoot('draft');
      await page.getByRole('button', { name: 'Rehearse with simulated participants' }).click();
      await page.getByText('By 6 simulated participants').waitFor();
      await shoot('rehearsal');

      await page.getByRole('textbox', { name: 'What participants agree to' }).fill('I take part.');
      await freeze.click();
      await page.getByRole('heading', { name: 'Houses and barns' }).waitFor();
      await page.getByRole('button', { name: 'Make links' }).click();
      await page.getByRole('row', { name: /^1 .*Copy/ }).waitFor();
      const third = page.getByRole('row', { name: /^3 finished/ });
      await third.getByRole('button', { name: 'Delete answers' }).click();
      await third.getByText('There is no undo.').waitFor();
      await shoot('served');
      await third.getByRole('button', { name: 'Keep' }).click();
      await third.getByRole('button', { name: 'Delete answers' }).click();
      await third.getByRole('button', { name: 'Delete for good' }).click();
      await page.getByRole('row', { name: /^3 withdrew 0 of 24/ }).waitFor();
      expect(await page.getByRole('button', { name: 'Delete answers' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Stop serving' }).click();
      await page.getByRole('button', { name: 'Make links' }).waitFor();
      await page.getByRole('button', { name: 'Work out the findings' }).click();
      await page
        .getByRole('region', { name: 'Findings' })
        .getByText('People predict the model better')
        .waitFor();
      await shoot('findings');
      await page.getByRole('button', { name: 'Save answers and tables…' }).click();
      await page.getByText('Saved: /home/ada/study1 answers.zip').first().waitFor();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('asks for what the kind needs, and compares two conditions of those that are chosen', async () => {
      const { page } = await open();
      const about = page.getByRole('combobox', { name: 'What the study is about' });
      await expect.poll(() => about.inputValue()).toBe('concept-maps');
      expect(await page.getByRole('combobox', { name: 'against', exact: true }).inputValue()).toBe(
        'grad-cam',
      );
      await page.getByRole('checkbox', { name: 'Grad-CAM' }).uncheck();
      expect(await page.getByRole('combobox', { name: 'against', exact: true }).inputValue()).toBe('control');
      await page.getByRole('spinbutton', { name: 'Participants a condition' }).fill('0');
      await page.keyboard.press('Tab');
      await page.getByRole('alert').filter({ hasText: 'whole number' }).waitFor();
      await page.getByRole('textbox', { name: 'What participants agree to' }).fill('I take part.');
      const freeze = page.getByRole('button', { name: 'Draw and freeze the study' });
      expect(await freeze.isDisabled()).toBe(true);
      await page.getByRole('spinbutton', { name: 'Participants a condition' }).fill('12');
      await page.keyboard.press('Tab');
      await expect.poll(() => freeze.isEnabled()).toBe(true);
      await page.getByRole('spinbutton', { name: 'Rounds' }).fill('');
      await page.keyboard.press('Tab');
      await expect.poll(() => freeze.isEnabled()).toBe(false);
      await page.getByRole('radio', { name: 'Do concepts hold together?' }).check({ force: true });
      await page.getByRole('spinbutton', { name: 'Sets a concept' }).waitFor();
      expect(await page.getByRole('checkbox').count()).toBe(0);
      await page.close();
    });

    it('says what is wrong with a study that cannot be made, and keeps what was typed', async () => {
      const { page } = await open();
      const consent = page.getByRole('textbox', { name: 'What participants agree to' });
      await consent.fill('nothing');
      await page.getByRole('button', { name: 'Draw and freeze the study' }).click();
      await page.getByText('The study cannot be made.').first().waitFor();
      expect(await consent.inputValue()).toBe('nothing');
      await page.close();
    });
  },
);
