import type { Locator, Page } from 'playwright';

/* What a person does in the workbench, in a browser's page or in a window: found by roles and names, never by classes. */

export type ScreenName = 'Library' | 'Setup' | 'Run' | 'Concepts' | 'Images' | 'Report';

/** A run of the demo takes some 20 s on two cores, several times that on a busy machine. */
const RUN_MS = 240_000;
/** A model is opened, pictures are decoded. */
const READ_MS = 120_000;

/** The frame is there and has shown its first state. */
export async function waitForWorkbench(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: READ_MS });
}

export async function goTo(page: Page, screen: ScreenName): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('button', { name: screen, exact: true })
    .click();
}

/** Opens the demo from the library, whether it has been explained before or not. */
export async function openDemo(page: Page): Promise<void> {
  await goTo(page, 'Library');
  await page.getByRole('button', { name: 'Open the demo' }).click();
  await page.getByRole('heading', { name: 'This run' }).or(conceptList(page)).waitFor({ timeout: READ_MS });
}

/**
 * Drops files and folders of this machine on the window: the drag events that a file manager causes, with the paths
 * in them, so that folders arrive as folders.
 */
export async function dropFiles(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize() ?? { width: 800, height: 600 };
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const place = { x: Math.round(width / 2), y: Math.round(height / 2), data };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...place });
  await session.detach();
}

/** Waits until the model has been asked about every picture, and chooses one of the classes, or sides, that it predicts. */
export async function chooseClass(page: Page, name: string, what = 'Class'): Promise<void> {
  const classes = page.getByRole('region', { name: `${what} to explain` });
  const choice = classes.getByRole('radio', { name: new RegExp(`^${escaped(name)} [\\d,]+ image`) });
  await choice.waitFor({ timeout: READ_MS });
  await choice.check();
  await page.getByText(name, { exact: true }).first().waitFor();
}

/** How many concepts the next run looks for. */
export async function setConcepts(page: Page, count: number): Promise<void> {
  await goTo(page, 'Setup');
  const field = page.getByRole('spinbutton', { name: 'Concepts' });
  await field.fill(String(count));
  await field.press('Tab');
}

export async function startRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Explain|Continue the run)$/ }).click();
  await runScreen(page).getByRole('heading', { level: 1 }).waitFor({ timeout: READ_MS });
}

/** Waits on the run screen for the end of the run; fails at once with the run's own words when it failed. */
export async function waitForDone(page: Page): Promise<void> {
  const failed = runScreen(page).getByText(/^Stopped by a failure/);
  await runScreen(page)
    .getByText(/^Finished/)
    .or(failed)
    .waitFor({ timeout: RUN_MS });
  if (await failed.isVisible())
    throw new Error(`the run failed: ${await runScreen(page).getByRole('alert').first().innerText()}`);
}

/** Waits until the run has found its first concepts. */
export async function waitForFirstConcepts(page: Page): Promise<void> {
  await runScreen(page)
    .getByRole('region', { name: 'First concepts' })
    .getByRole('img')
    .first()
    .waitFor({ timeout: RUN_MS });
}

export async function pauseRun(page: Page): Promise<void> {
  await runScreen(page).getByRole('button', { name: 'Pause' }).click();
  await runScreen(page)
    .getByText(/^Paused/)
    .waitFor({ timeout: READ_MS });
}

export async function resumeRun(page: Page): Promise<void> {
  await runScreen(page).getByRole('button', { name: 'Resume' }).click();
}

/** Shows the concept of a name, or at a place of the ranking, with its gallery. */
export async function openConcept(page: Page, concept: string | number): Promise<void> {
  await goTo(page, 'Concepts');
  const rows = conceptList(page).getByRole('option');
  await rows.first().waitFor({ timeout: READ_MS });
  await (typeof concept === 'number' ? rows.nth(concept) : rows.filter({ hasText: concept }).first()).click();
  await galleryCells(page).first().waitFor({ timeout: READ_MS });
}

/** Renames the concept that is shown. */
export async function rename(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  const field = page.getByRole('textbox', { name: 'Name of the concept' });
  await field.fill(name);
  await field.press('Enter');
  await conceptList(page).getByRole('option').filter({ hasText: name }).waitFor();
}

/** Opens the picture that the first crop of the gallery is from. */
export async function openImage(page: Page): Promise<void> {
  await galleryCells(page).first().dblclick();
  await page.getByRole('region', { name: 'Image', exact: true }).waitFor({ timeout: READ_MS });
}

/** Waits for the preview, saves the report and returns the address of the page where a browser downloads it. */
export async function exportReport(page: Page): Promise<void> {
  await goTo(page, 'Report');
  await reportPreview(page).waitFor({ timeout: READ_MS });
  await page.getByRole('button', { name: 'Save HTML' }).click();
}

export const conceptList = (page: Page): Locator =>
  page.getByRole('listbox', { name: 'Concepts by importance' });
export const galleryCells = (page: Page): Locator =>
  page.getByRole('grid', { name: /^Crops of/ }).getByRole('gridcell');
export const reportPreview = (page: Page): Locator => page.getByTitle('Preview of the report');
export const runScreen = (page: Page): Locator => page.getByRole('main', { name: 'run' });

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
