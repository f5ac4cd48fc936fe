import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { reportDataOf } from '../../core/report/report-data.ts';
import { renderReport } from '../../core/report/render-html.ts';
import type { Explanation } from '../../core/concepts/explanation.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { explanationJson, explanationText } from '../../main/cli/explanation-output.ts';
import { noNotes, sampleExplanation, sampleProject, sampleRun } from '../core/report/sample-report.ts';
import type { DemoRun } from '../fakes/demo-run.ts';
import fixture from '../fixtures/workbench/demo-run.json' with { type: 'json' };
import { fakeWorkbenchPages } from './fake-workbench-pages.ts';
import { findBrowser } from './find-browser.ts';

const demo = fixture as unknown as DemoRun;
/** Figures of which a rounder formatter would lose a digit. */
const reconstruction = { r2: 0.8349, relativeError: 0.2951, agreement: 0.9583 };

/** The run that the fake workbench shows, as a project would hold it. */
const explanation: Explanation = {
  ...sampleExplanation({ images: demo.images.length }),
  className: demo.className,
  concepts: demo.concepts.map((concept) => ({ ...concept, crops: [] })),
  reconstruction,
};
const run = sampleRun(explanation);

/** What a reader sees of a run: every figure as text, to the last space. */
interface Figures {
  readonly concepts: readonly { name: string; importance: string; interval: string; prevalence: string }[];
  readonly r2: string;
  readonly relativeError: string;
  readonly agreement: string;
}

async function figuresInWindow(page: Page): Promise<Figures> {
  const options = page.getByRole('listbox', { name: 'Concepts by importance' }).getByRole('option');
  const inspector = page.locator('section', { hasText: 'How much the prediction depends on it' });
  const concepts: Figures['concepts'][number][] = [];
  for (const { name } of explanation.concepts) {
    const option = options.filter({ has: page.getByText(name, { exact: true }) });
    await option.click();
    const [importance, interval] = await inspector
      .locator('.big')
      .evaluate((big) => [big.firstChild!.textContent!, big.querySelector('span')!.textContent]);
    expect(await option.locator('.value').textContent()).toBe(importance.replace(/ $/, ''));
    const where = await page.locator('section', { hasText: 'Where it is' }).last().innerText();
    const prevalence = /In (\S+) of the images/u.exec(where.replaceAll('\u00a0', '_'))![1];
    concepts.push({
      name,
      importance: importance.replace(/ $/, ''),
      interval,
      prevalence: prevalence.replaceAll('_', '\u00a0'),
    });
  }
  const fact = async (term: string): Promise<string> =>
    (await page.locator('dt', { hasText: term }).locator('+ dd').textContent())!.replace(
      / (R²|of images)$/,
      '',
    );
  return {
    concepts,
    r2: await fact('Activations reproduced'),
    relativeError: await fact('Relative error'),
    agreement: await fact('Same prediction from concepts'),
  };
}

async function figuresInReport(page: Page): Promise<Figures> {
  await page.setContent(renderReport(reportDataOf(sampleProject, run, noNotes, {})));
  const rows = await page
    .locator('.ranking tbody tr:not(.rest)')
    .evaluateAll((trs) =>
      trs.map((tr) => [...tr.querySelectorAll('bdi, .number')].map(({ textContent }) => textContent)),
    );
  const present = await page
    .locator('.concept .facts dt', { hasText: 'present in' })
    .locator('+ dd .strong')
    .allTextContents();
  const measure = async (name: string): Promise<string> =>
    (await page.locator('.measure h3', { hasText: name }).locator('.strong').textContent())!;
  return {
    concepts: rows.map(([name, importance, interval], i) => ({
      name,
      importance,
      interval,
      prevalence: present[i],
    })),
    r2: await measure('Variation kept'),
    relativeError: await measure('Left out'),
    agreement: await measure('Same answer'),
  };
}

function figuresOnCommandLine(): Figures {
  const outcome = { project: { folder: 'demo.tessera' } as Project, run, resumed: false };
  const lines = explanationText(explanationJson(outcome, 'report.html')).split('\n');
  const head = lines.findIndex((line) => line.startsWith('concept '));
  const [, r2, relativeError, agreement] =
    /R² ([^,]+), relative error ([^;]+); same prediction for (.+) of the images/.exec(
      lines.find((line) => line.startsWith('Reconstruction'))!,
    )!;
  return {
    concepts: lines.slice(head + 1, head + 1 + explanation.concepts.length).map((line) => {
      const [name, importance, interval, , prevalence] = line.split(/ {2,}/);
      return { name, importance, interval, prevalence };
    }),
    r2,
    relativeError,
    agreement,
  };
}

describe.skipIf(findBrowser() === undefined)(
  'a figure (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  () => {
    const pages = fakeWorkbenchPages();

    it('reads the same in the window, in the report and on the command line', async () => {
      const { page } = await pages.openScreen('4', { state: 'done', reconstruction });
      const inWindow = await figuresInWindow(page);
      const inReport = await figuresInReport(await page.context().newPage());
      expect(inWindow.concepts).toHaveLength(10);
      expect(inWindow.concepts[0]).toEqual({
        name: 'Concept 1',
        importance: '72.1\u00a0%',
        interval: '67.7–75.5\u00a0%',
        prevalence: '100\u00a0%',
      });
      expect(inWindow).toMatchObject({
        r2: '0.83',
        relativeError: '29.5\u00a0%',
        agreement: '95.8\u00a0%',
      });
      expect(inReport).toEqual(inWindow);
      expect(figuresOnCommandLine()).toEqual(inWindow);
      await page.close();
    });
  },
);
