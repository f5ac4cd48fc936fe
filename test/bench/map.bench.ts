import { chromium, type Page } from 'playwright';
import { embed } from '../../core/embedding/embed.ts';
import { matrix } from '../../core/linalg/matrix.ts';
import { createRandom } from '../../core/random.ts';
import { BROWSER_FLAGS, findBrowser } from '../renderer/find-browser.ts';
import { servePage } from '../renderer/serve-page.ts';
import type { Bench } from './run.ts';

const COLUMNS = 25;
const POINTS = 100_000;
const FRAMES = 120;

/** Rows around ten centres are laid out. */
async function embeddingRow(rows: number): Promise<string> {
  const random = createRandom(1);
  const a = matrix(rows, COLUMNS);
  for (let i = 0; i < a.data.length; i++)
    a.data[i] = Math.max(0, random.normal()) + (i % COLUMNS === Math.floor(i / COLUMNS) % 10 ? 4 : 0);
  const begun = performance.now();
  await embed(a, { seed: 1 });
  const seconds = (performance.now() - begun) / 1000;
  return `${rows.toLocaleString('en-US')} rows of ${COLUMNS} laid out in ${seconds.toFixed(1)} s, the process has ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`;
}

/** Milliseconds between frames while the map is dragged or its scale is changed. */
function frames(page: Page, moves: 'drag' | 'zoom'): Promise<number[]> {
  return page.evaluate(
    async ({ how, count }) => {
      const canvas = document.querySelector('canvas')!;
      const box = canvas.getBoundingClientRect();
      const middle = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const pointer = (type: string, by: number): void => {
        const place = { ...middle, clientX: middle.clientX + by, button: 0, pointerId: 1 };
        canvas.dispatchEvent(new PointerEvent(type, place));
      };
      canvas.setPointerCapture = () => undefined;
      if (how === 'drag') pointer('pointerdown', 0);
      const times: number[] = [];
      let before = await frame();
      for (let at = 0; at < count; at++) {
        if (how === 'drag') pointer('pointermove', 80 * Math.sin(at / 9));
        else
          canvas.dispatchEvent(
            new WheelEvent('wheel', { ...middle, deltaY: at % 60 < 30 ? -40 : 40, cancelable: true }),
          );
        const now = await frame();
        times.push(now - before);
        before = now;
      }
      if (how === 'drag') pointer('pointerup', 0);
      return times;
    },
    { how: moves, count: FRAMES },
  );
}

function frameRow(what: string, times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
  return `${what}: a frame every ${at(0.5)} ms (p90 ${at(0.9)}, p99 ${at(0.99)})`;
}

export default {
  name: `a map of images; ${POINTS.toLocaleString('en-US')} points in Chromium`,
  async run() {
    const rows = [await embeddingRow(20_000), await embeddingRow(100_000)];
    const executablePath = findBrowser();
    if (executablePath === undefined) return [...rows, 'frames skipped: no browser'];
    const served = await servePage();
    const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      // The loader names functions by a helper of its own, which a page does not have.
      await page.addInitScript('globalThis.__name = (value) => value');
      const options = encodeURIComponent(JSON.stringify({ state: 'done', points: POINTS }));
      await page.goto(`${served.url}/?options=${options}`);
      await page.getByRole('button', { name: 'Map', exact: true }).click();
      await page.getByRole('img', { name: /^Map of 100,000 images/ }).waitFor();
      await page.waitForTimeout(2000);
      return [
        ...rows,
        frameRow('dragged', await frames(page, 'drag')),
        frameRow('zoomed', await frames(page, 'zoom')),
      ];
    } finally {
      await browser.close();
      served.close();
    }
  },
} satisfies Bench;
