import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { Explanation } from '../../core/concepts/explanation.ts';
import { loadRun, openProject as openProjectFolder } from '../../core/project/project-folder.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { decimalText, numberText, percentText } from '../../core/wording/number-text.ts';
import { tessera } from '../main/cli/run-tessera.ts';
import { conceptList, galleryCells, goTo } from './steps.ts';

/* Two projects of one model with two runs each, whose ids are the same, and what the window must show of them. */

const DEMO = path.join(import.meta.dirname, '../../models/demo');
const SHOWN_MS = 120_000;

interface Wanted {
  readonly project: string;
  readonly runId: string;
  readonly className: string;
  readonly concepts: number;
}

/** Every class and number of concepts once, so that no text of one run could be one of another. */
const RUNS: readonly Wanted[] = [
  { project: 'near', runId: 'run1', className: 'house', concepts: 3 },
  { project: 'near', runId: 'run2', className: 'lighthouse', concepts: 4 },
  { project: 'far', runId: 'run1', className: 'train', concepts: 5 },
  { project: 'far', runId: 'run2', className: 'sailboat', concepts: 6 },
];

/** Explains the demo's model in two projects of `home`, each with pictures of its own; returns their folders. */
export async function makeProjects(home: string): Promise<readonly string[]> {
  const folders = [];
  for (const name of ['near', 'far']) {
    const folder = path.join(home, 'projects', `${name}.tessera`);
    folders.push(folder);
    for (const { className, concepts } of RUNS.filter(({ project }) => project === name)) {
      const images = await someImages(home, name, className);
      const { code, stderr } = await tessera(
        ...['explain', '--model', path.join(DEMO, 'model.onnx'), '--images', images, '--class', className],
        ...['--select', 'all', '--concepts', String(concepts), '--out', folder, '--device', 'cpu', '--json'],
        ...['--evaluate', 'none', '--samples', '16', '--replicates', '2'],
      );
      expect(code, stderr).toBe(0);
    }
  }
  return folders;
}

/** Other pictures for each project: the even ones of the class, or the odd ones. */
async function someImages(home: string, project: string, className: string): Promise<string> {
  const from = path.join(DEMO, 'images', className);
  const folder = path.join(home, 'pictures', project, className);
  await mkdir(folder, { recursive: true });
  const odd = project === 'far' ? 1 : 0;
  const chosen = (await readdir(from)).filter((_, i) => i % 2 === odd).slice(0, 8);
  for (const file of chosen) await cp(path.join(from, file), path.join(folder, `${project}-${file}`));
  return folder;
}

/** Lists the projects in the library, as if each had been opened before. */
export async function rememberProjects(home: string, folders: readonly string[]): Promise<void> {
  const recent = folders.map((folder) => ({ folder, openedAt: new Date().toISOString() }));
  await mkdir(path.join(home, 'state'), { recursive: true });
  await writeFile(path.join(home, 'state/recent.json'), JSON.stringify(recent));
}

async function explanationOf(folder: string, runId: string): Promise<Explanation> {
  const { explanation } = await loadRun(await openProjectFolder(fileStorage, folder), runId);
  return explanation!;
}

const trail = (page: Page) => page.getByRole('navigation', { name: 'Where you are' });
const main = (page: Page) => page.getByRole('main');

async function openProject(page: Page, name: string): Promise<void> {
  await goTo(page, 'Library');
  await page
    .getByRole('button', { name: new RegExp(`^${name} `) })
    .first()
    .click();
  await conceptList(page).waitFor({ timeout: SHOWN_MS });
}

/** Goes from project to project and run to run, and compares every screen with the files of what the trail says. */
export async function compareScreens(page: Page, folders: readonly string[]): Promise<void> {
  // The order goes back and forth, so that each is shown after each other one.
  for (const at of [0, 2, 1, 3, 0, 3, 2, 1]) {
    const wanted = RUNS[at];
    const folder = folders.find((one) => path.basename(one) === `${wanted.project}.tessera`)!;
    const explanation = await explanationOf(folder, wanted.runId);
    if ((await trail(page).innerText()).split('\n')[0] !== wanted.project)
      await openProject(page, wanted.project);
    await goTo(page, 'Concepts');
    const chooser = trail(page).getByRole('combobox', { name: 'Run' });
    // What the other run has still to answer must not land in this one.
    await chooser.selectOption(wanted.runId === 'run1' ? 'run2' : 'run1');
    await chooser.selectOption(wanted.runId);
    await compareConcepts(page, wanted, explanation);
    await compareImages(page, wanted, explanation);
    await compareEvaluation(page, explanation);
    await compareReport(page, wanted, explanation);
    await compareRunList(page, wanted);
    await compareSetup(page, wanted);
  }
}

async function compareTrail(page: Page, { project, className, runId }: Wanted): Promise<void> {
  await expect.poll(() => trail(page).getByRole('listitem').last().innerText()).toBe(className);
  expect(await trail(page).getByRole('listitem').first().innerText()).toBe(project);
  expect(await trail(page).getByRole('combobox').inputValue()).toBe(runId);
}

async function compareConcepts(page: Page, wanted: Wanted, { concepts, images }: Explanation): Promise<void> {
  const rows = conceptList(page).getByRole('option');
  await expect.poll(() => rows.count(), { timeout: SHOWN_MS }).toBe(wanted.concepts);
  await compareTrail(page, wanted);
  const texts = await rows.allInnerTexts();
  concepts.forEach(({ importance }, rank) => expect(texts[rank]).toContain(percentText(importance.mean)));
  await galleryCells(page).first().waitFor({ timeout: SHOWN_MS });
  const { image, coefficient } = concepts[0].crops[0];
  await expect
    .poll(() => galleryCells(page).first().innerText())
    .toContain(`Image ${image + 1}, amount ${numberText(coefficient)}`);
  await compareAddresses(page, wanted);
  await page.getByText(`${wanted.concepts} concepts from ${images.length} images`).waitFor();
  // The earlier layers to choose from are those before the run's own.
  const layers = page.getByRole('combobox', { name: 'Earlier layer' });
  if ((await layers.count()) > 0) await expect.poll(() => layers.isEnabled()).toBe(true);
}

/** Every picture on the screen is named after the project and run of the trail. */
async function compareAddresses(page: Page, { runId }: Wanted): Promise<void> {
  const setup = await page.evaluate(() => window.workbench.call.getSetup());
  const key = setup.ok ? setup.value.project : null;
  const addresses = await main(page)
    .locator('img')
    .evaluateAll((pictures) => pictures.map((picture) => picture.getAttribute('src') ?? ''));
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses) expect(address).toContain(`.${key}.${runId}.`);
}

async function compareImages(page: Page, wanted: Wanted, { images }: Explanation): Promise<void> {
  await goTo(page, 'Images');
  const list = page.getByRole('grid', { name: 'Images of this run' }).getByRole('gridcell');
  const { file, predicted } = images[0];
  await expect
    .poll(() => list.first().innerText(), { timeout: SHOWN_MS })
    .toContain(`${path.basename(file)}, ${predicted.name} ${percentText(predicted.probability!)}`);
  expect(await list.count()).toBe(images.length);
  const facts = page.getByRole('complementary', { name: 'About the image' });
  await facts
    .getByText(`Logit of ${wanted.className}`, { exact: true })
    .first()
    .waitFor({ timeout: SHOWN_MS });
  const [logit, rebuilt] = await facts.getByRole('definition').allInnerTexts();
  expect([logit, rebuilt]).toEqual([decimalText(images[0].logit), decimalText(images[0].reconstructedLogit)]);
  await compareTrail(page, wanted);
  await compareAddresses(page, wanted);
}

/** The screen Run lists the runs of this project and no others. */
async function compareRunList(page: Page, { project }: Wanted): Promise<void> {
  await goTo(page, 'Run');
  const rows = page.getByRole('region', { name: `Runs of ${project}` }).getByRole('listitem');
  const own = RUNS.filter((run) => run.project === project);
  await expect.poll(() => rows.count(), { timeout: SHOWN_MS }).toBe(own.length);
  const texts = await rows.allInnerTexts();
  for (const { className, concepts } of own) {
    const row = texts.find((text) => text.includes(`${concepts} concepts`));
    expect(row).toMatch(new RegExp(`\\b${className}\\b`));
  }
}

/** The setup is of this project's pictures. */
async function compareSetup(page: Page, { project }: Wanted): Promise<void> {
  await goTo(page, 'Setup');
  const folders = main(page).locator('[title*="pictures/"]');
  await folders.first().waitFor({ timeout: SHOWN_MS });
  const titles = await folders.evaluateAll((found) => found.map((one) => one.getAttribute('title') ?? ''));
  for (const title of titles) expect(title).toContain(`/pictures/${project}/`);
}

async function compareEvaluation(page: Page, { reconstruction }: Explanation): Promise<void> {
  await page.getByRole('button', { name: 'Evaluate', exact: true }).first().click();
  await main(page)
    .getByText(decimalText(reconstruction.r2), { exact: false })
    .first()
    .waitFor({ timeout: SHOWN_MS });
}

async function compareReport(
  page: Page,
  { project, className }: Wanted,
  { concepts }: Explanation,
): Promise<void> {
  await goTo(page, 'Report');
  const text = page.frameLocator('[title="Preview of the report"]').locator('body');
  // The command that repeats the run names its pictures, and so its project.
  await expect
    .poll(() => text.innerText().catch(() => ''), { timeout: SHOWN_MS })
    .toContain(`pictures/${project}/${className}`);
  const words = await text.innerText();
  for (const { importance } of concepts) expect(words).toContain(percentText(importance.mean));
}
