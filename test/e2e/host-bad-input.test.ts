import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeModel } from '../../core/onnx/proto.ts';
import { colourModel } from '../fixtures/colour-model.ts';
import { tessera } from '../main/cli/run-tessera.ts';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { watchedPage } from './browser-page.ts';
import { ROOT } from './built-program.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import { chooseClass, dropFiles, goTo, openDemo, waitForWorkbench } from './steps.ts';

const browserPath = findBrowser();
const DEMO = path.join(ROOT, 'models/demo');

/** What the command line says of a file, from the file's name on: the folder is another one in a browser. */
async function wordsOf(argv: readonly string[], file: string): Promise<string> {
  const { code, stderr } = await tessera(...argv);
  expect(code).toBe(2);
  const [message] = stderr.split('\n');
  const at = message.indexOf(path.basename(file));
  return at < 0 ? message.replace(/^\S+: /, '') : message.slice(at);
}

describe.skipIf(browserPath === undefined)(
  'what the command line refuses, dropped on the host (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 300_000 },
  () => {
    const home = temporaryHome();
    let files: string;
    let host: HostProgram;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      files = await mkdtemp(path.join(tmpdir(), 'tessera-bad-'));
      host = await startHost(home);
      browser = await sharedBrowser();
      ({ page } = await watchedPage(browser));
      await page.goto(host.address);
      await waitForWorkbench(page);
      await openDemo(page);
      await chooseClass(page, 'windmill');
    }, 300_000);

    afterAll(async () => {
      await browser?.close();
      await host?.stop();
      removeHome(home);
      await rm(files, { recursive: true, force: true });
    });

    async function bad(name: string, content: Uint8Array | string): Promise<string> {
      const file = path.join(files, name);
      await writeFile(file, content);
      return file;
    }

    /** The refusal is shown in place, and the demo's model, pictures and class are still set. */
    async function expectRefusal(words: string): Promise<void> {
      const alert = page.getByRole('alert').filter({ hasText: words });
      await alert.first().waitFor({ timeout: 60_000 });
      await page.getByRole('heading', { name: 'model.onnx' }).waitFor();
      await page.getByRole('heading', { name: '320 images' }).waitFor();
      await expect
        .poll(() => page.getByRole('radio', { name: /^windmill/ }).isChecked(), { timeout: 30_000 })
        .toBe(true);
      expect(await page.getByRole('button', { name: 'Explain' }).isEnabled()).toBe(true);
    }

    const demoModel = () => readFile(path.join(DEMO, 'model.onnx'));
    const twoInputs = () => {
      const model = colourModel();
      const mask = { name: 'mask', type: 'float32', dims: [1, 4] } as const;
      return encodeModel({ ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, mask] } });
    };

    it.each([
      ['a text file', 'letter.onnx', () => Promise.resolve('these are no weights, but a letter\n')],
      ['an empty file', 'empty.onnx', () => Promise.resolve('')],
      ['half a model', 'half.onnx', async () => (await demoModel()).subarray(0, 150_000)],
      ['a model with two inputs', 'two.onnx', () => Promise.resolve(twoInputs())],
    ])('refuses %s in the same words and keeps what was set', async (_, name, content) => {
      const file = await bad(name, await content());
      const words = await wordsOf(['inspect', file], file);
      await dropFiles(page, [file]);
      await expectRefusal(words);
    });

    it('refuses an empty folder', async () => {
      const folder = path.join(files, 'nothing');
      await mkdir(folder);
      await dropFiles(page, [folder]);
      await expectRefusal('“nothing” is not taken: an empty folder.');
    });

    it('says how a model of another format is exported, as the command line does', async () => {
      const file = await bad('weights.pt', 'PK');
      const { stderr } = await tessera('inspect', file);
      const line = 'torch.onnx.export(model.eval(), torch.randn(1, 3, 224, 224), "weights.onnx")';
      expect(stderr).toContain('weights.pt is a PyTorch file; models are read as ONNX.');
      expect(stderr).toContain(line);
      await dropFiles(page, [file]);
      await expectRefusal('“weights.pt” is not taken: a PyTorch file; models are read as ONNX.');
      await expectRefusal(line);
    });

    it('refuses labels of another number', async () => {
      const file = await bad('few.txt', 'one\ntwo\n');
      const words = await wordsOf(['inspect', path.join(DEMO, 'model.onnx'), '--labels', file], file);
      await dropFiles(page, [file]);
      await expectRefusal(words);
    });

    it('leaves broken pictures out, with the reason in the table', async () => {
      const folder = path.join(files, 'torn');
      await mkdir(folder);
      const whole = await readFile(path.join(DEMO, 'images/windmill/00.jpg'));
      await writeFile(path.join(folder, 'whole.jpg'), whole);
      await writeFile(path.join(folder, 'torn.jpg'), whole.subarray(0, 400));
      await dropFiles(page, [folder]);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('heading', { name: '322 images' }).waitFor({ timeout: 60_000 });
      await page.getByText('Could not read 1 of 322 images').waitFor({ timeout: 120_000 });
      await page.getByRole('searchbox', { name: 'Filter images by path' }).fill('torn.jpg');
      await page
        .getByRole('row')
        .filter({ hasText: 'torn.jpg' })
        .getByText(/damaged|corrupt|JPEG|read/)
        .waitFor();
      await goTo(page, 'Setup');
    });
  },
);
