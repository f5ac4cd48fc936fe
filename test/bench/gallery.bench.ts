import { readFileSync } from 'node:fs';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright';
import { BROWSER_FLAGS, findBrowser } from '../renderer/find-browser.ts';
import { servePage } from '../renderer/serve-page.ts';
import type { Bench } from './run.ts';

const CROPS = 20_000;
const SCROLL_SECONDS = 20;

/** Ends of the intervals between frames, in milliseconds: the middle, the worst in a hundred, and those lost. */
function frameRow(intervals: readonly number[], refresh: number): string {
  const sorted = [...intervals].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
  const lost = intervals.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / refresh) - 1), 0);
  const due = lost + intervals.length;
  return `frames every ${at(0.5)} ms (p99 ${at(0.99)}), ${lost} of ${due} dropped (${((100 * lost) / due).toFixed(1)} %)`;
}

/** Frames while nothing moves: what the machine can do at all. */
function framesOf(page: Page, seconds: number, scrolls: boolean): Promise<number[]> {
  return page.evaluate(
    ({ seconds: length, scrolls: moves }) =>
      new Promise<number[]>((resolve) => {
        const scroller = document.querySelector('[role="grid"][aria-label^="Crops"]')!.parentElement!;
        const end = scroller.scrollHeight - scroller.clientHeight;
        const intervals: number[] = [];
        const begun = performance.now();
        let before = begun;
        const frame = (now: number): void => {
          intervals.push(now - before);
          before = now;
          const share = (now - begun) / (1000 * length);
          if (moves) scroller.scrollTop = Math.min(1, share) * end;
          if (share < 1) requestAnimationFrame(frame);
          else resolve(intervals.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    { seconds, scrolls },
  );
}

/** Milliseconds from a click on a concept until its gallery stands painted, every picture in sight decoded. */
function clickToPaint(page: Page, concept: number): Promise<number> {
  return page.evaluate(async (index) => {
    const rows = document.querySelectorAll<HTMLElement>('[role="listbox"] [role="option"]');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const begun = performance.now();
    rows[index].click();
    const name = rows[index].querySelector('.name')!.textContent;
    for (;;) {
      await frame();
      const grid = document.querySelector(`[role="grid"][aria-label^="Crops of ${name},"]`);
      const pictures = [...(grid?.querySelectorAll('img') ?? [])];
      if (pictures.length === 0 || grid!.querySelector('.waiting')) continue;
      if (pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0)) break;
    }
    await frame();
    return performance.now() - begun;
  }, concept);
}

/** Processor time of the page's main thread so far, in milliseconds: what other work on the machine does not change. */
async function mainThreadMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
}

/** Proportional memory of the page's process, in MB (Linux). */
async function rendererMegabytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8')))
    .map((found) => Number(found?.[1] ?? 0) / 1000);
  return Math.max(...sizes);
}

export default {
  name: `a gallery of ${CROPS.toLocaleString('en-US')} crops in Chromium`,
  async run() {
    const executablePath = findBrowser();
    if (executablePath === undefined) return ['skipped: no browser'];
    const served = await servePage();
    const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      // The loader names functions by a helper of its own, which a page does not have.
      await page.addInitScript('globalThis.__name = (value) => value');
      const options = encodeURIComponent(JSON.stringify({ state: 'done', crops: CROPS }));
      await page.goto(`${served.url}/?options=${options}`);
      await page.getByRole('button', { name: 'Concepts', exact: true }).click();
      await page.getByRole('gridcell').first().waitFor();
      const cold: number[] = [];
      const warm: number[] = [];
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      for (const concept of [1, 2, 3, 0]) cold.push(await clickToPaint(page, concept));
      const busyBeforeClicks = await mainThreadMs(session);
      for (let round = 0; round < 3; round++)
        for (const concept of [1, 2, 3, 0]) warm.push(await clickToPaint(page, concept));
      const busyClick = ((await mainThreadMs(session)) - busyBeforeClicks) / warm.length;
      const idle = await framesOf(page, 3, false);
      const refresh = [...idle].sort((a, b) => a - b)[Math.floor(idle.length / 2)];
      const before = await rendererMegabytes(browser);
      const busyBefore = await mainThreadMs(session);
      const frames = await framesOf(page, SCROLL_SECONDS, true);
      const busy = ((await mainThreadMs(session)) - busyBefore) / frames.length;
      const after = await rendererMegabytes(browser);
      const middle = (times: number[]): string => times.sort((a, b) => a - b)[times.length >> 1].toFixed(0);
      return [
        `click to painted gallery: ${middle(cold)} ms cold, ${middle(warm)} ms warm (most ${Math.max(...warm).toFixed(0)}; ${busyClick.toFixed(0)} ms of processor time)`,
        `standing still: ${frameRow(idle, refresh)}`,
        `end to end in ${SCROLL_SECONDS} s: ${frameRow(frames, refresh)}`,
        `main thread: ${busy.toFixed(1)} ms of processor time a frame, each with up to a whole screen of new crops`,
        `memory of the page's process: ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`,
      ];
    } finally {
      await browser.close();
      served.close();
    }
  },
} satisfies Bench;
