import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { intakeCases, intakeImages } from '../core/intake/intake-cases.ts';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { violations } from '../renderer/violations.ts';
import { watchedPage } from './browser-page.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import {
  chooseClass,
  dropFiles,
  goTo,
  openConcept,
  openImage,
  reportPreview,
  setConcepts,
  startRun,
  waitForDone,
  waitForWorkbench,
} from './steps.ts';

const canRun = findBrowser() !== undefined && intakeCases.length > 0;

/** Models that decide at a border: what is chosen in the window, what it then says, and what the report begins with. */
const CASES = [
  {
    name: 'binary_logit',
    choice: ['circle', 'Answer'],
    says: /^circle \d\d\.\d\s%$/,
    border: /border 50\s%/,
    heading: 'What the model looks at when it says circle',
    tells: 'What the logit of circle depends on',
    lacks: /that class|of the class/,
  },
  {
    name: 'regression',
    choice: ['higher age', 'Direction'],
    says: /^\d\d(\.\d)?\syears, (higher|lower) than 30\.9\syears$/,
    border: /border 30\.9\syears \(mean\)/,
    heading: 'What makes age higher',
    tells: 'age in years by the model',
    // But the option of the command and of the settings.
    lacks: /(?<!--)\bclass(?!\t)|probabilit|logit|another answer/,
  },
] as const;

describe.skipIf(!canRun)(
  'a model without classes in the window (needs chromium or google-chrome on the PATH, or CHROME_PATH, and cases in ../shared)',
  { timeout: 400_000 },
  () => {
    let home: string;
    let host: HostProgram;
    let browser: Browser;

    beforeAll(async () => {
      browser = await sharedBrowser();
    });
    // An address opens one window.
    beforeEach(async () => {
      home = temporaryHome();
      host = await startHost(home);
    }, 300_000);
    afterEach(async () => {
      await host?.stop();
      removeHome(home);
    });
    afterAll(() => browser?.close());

    it.each(CASES)(
      '$name: runs to its end, crosses its border by what-if, and is told in the report',
      async ({ name, choice, says, border, heading, tells, lacks }) => {
        const { page, faults } = await watchedPage(browser);
        await page.goto(host.address);
        await waitForWorkbench(page);
        const { file } = intakeCases.find((item) => item.name === name)!;
        await dropFiles(page, [file, file.replace(/onnx$/, 'json'), path.resolve(intakeImages)]);
        await chooseClass(page, choice[0], choice[1]);
        await setConcepts(page, 3);
        await startRun(page);
        await waitForDone(page);

        await openConcept(page, 0);
        await openImage(page);
        await page.getByRole('region', { name: 'Image', exact: true }).getByText(says).waitFor();
        const whatIf = page.getByRole('region', { name: 'What if this concept were not there?' });
        await whatIf.getByText(border).first().waitFor();
        await whatIf.getByRole('slider').first().focus();
        await page.keyboard.press('Home');
        await whatIf.getByText('× 0.00').first().waitFor();
        await whatIf.getByText(/→/).first().waitFor();
        await page.waitForLoadState('networkidle', { timeout: 20_000 }).catch(() => undefined);
        expect(await violations(page)).toEqual([]);

        await goTo(page, 'Report');
        await reportPreview(page).waitFor({ timeout: 120_000 });
        const report = page.frameLocator('iframe[title="Preview of the report"]');
        await report.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: 120_000 });
        const text = await report.locator('body').innerText();
        expect(text).toContain(tells);
        expect(text.split('\n').filter((line) => lacks.test(line))).toEqual([]);
        expect(faults).toEqual([]);
        await page.close();
      },
    );
  },
);
