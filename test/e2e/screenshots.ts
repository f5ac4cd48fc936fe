import path from 'node:path';
import { chromium, type Page } from 'playwright';
import sharp from 'sharp';
import { BROWSER_FLAGS, findBrowser } from '../renderer/find-browser.ts';
import { watchedPage } from './browser-page.ts';
import { buildProgram, ROOT } from './built-program.ts';
import { removeHome, startHost, temporaryHome } from './host-program.ts';
import {
  openConcept,
  openDemo,
  openImage,
  rename,
  startRun,
  waitForDone,
  waitForWorkbench,
} from './steps.ts';

/* Pictures of the screens for the README, from a run of the demo; by hand: npx tsx test/e2e/screenshots.ts */

const OUT = path.join(ROOT, 'renderer/screenshots');
const WIDTH = 1200;

async function picture(page: Page, name: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete), undefined, {
    timeout: 120_000,
  });
  const shot = await page.screenshot();
  const file = path.join(OUT, `${name}.webp`);
  const { size } = await sharp(shot).resize({ width: WIDTH }).webp({ quality: 82 }).toFile(file);
  process.stdout.write(`${path.relative(ROOT, file)} ${Math.round(size / 1000)} kB\n`);
}

/** Every class of the demo with the same concepts: some minutes. */
async function explainEveryClass(page: Page): Promise<void> {
  await page.keyboard.press('8');
  await page.getByRole('button', { name: 'Explain every class' }).click();
  await page.locator('main[aria-label="run"]').waitFor({ timeout: 120_000 });
  await page.getByText(/more class(es)? follows?/).waitFor({ timeout: 120_000 });
  await page.getByText(/more class(es)? follows?/).waitFor({ state: 'detached', timeout: 1_800_000 });
  await page.getByRole('button', { name: 'See the concepts' }).waitFor({ timeout: 600_000 });
}

const home = temporaryHome();
buildProgram();
const host = await startHost(home);
const browser = await chromium.launch({ executablePath: findBrowser()!, args: BROWSER_FLAGS });
try {
  const { page } = await watchedPage(browser);
  await page.goto(host.address);
  await waitForWorkbench(page);
  await openDemo(page);
  await page.getByText(/\d\s% right/).waitFor({ timeout: 120_000 });
  await page.getByRole('radio', { name: /^house/ }).waitFor({ timeout: 240_000 });
  await picture(page, 'setup', 'light');
  await startRun(page);
  await waitForDone(page);
  await openConcept(page, 1);
  await rename(page, 'light wall, dark windows');
  await openConcept(page, 0);
  await rename(page, 'stamp in the corner');
  // The pointer rests where it lights nothing up, and the notice of the last edit goes.
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.waitForTimeout(8000);
  await picture(page, 'concepts', 'light');
  await openImage(page);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(3000);
  await picture(page, 'image', 'dark');
  await explainEveryClass(page);
  await page.keyboard.press('8');
  await page.getByRole('button', { name: /“house” leans on/ }).click();
  await page.waitForTimeout(3000);
  await picture(page, 'overview', 'light');
} finally {
  await browser.close();
  await host.stop();
  removeHome(home);
}
