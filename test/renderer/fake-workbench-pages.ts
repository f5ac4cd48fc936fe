import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll } from 'vitest';
import { watchedPage, type WatchedPage } from '../e2e/browser-page.ts';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { BROWSER_FLAGS, findBrowser } from './find-browser.ts';
import { servePage } from './serve-page.ts';

export interface PageView {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Serves the renderer over the fake workbench to the tests of the suite that calls this, and opens pages of it. */
export function fakeWorkbenchPages() {
  let served: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  beforeAll(async () => {
    served = await servePage();
    browser = await chromium.launch({ executablePath: findBrowser()!, args: BROWSER_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    served?.close();
  });

  const open = async (options: FakeOptions, view?: PageView): Promise<WatchedPage> => {
    const watched = await watchedPage(browser, view);
    await watched.page.goto(`${served.url}/?options=${encodeURIComponent(JSON.stringify(options))}`);
    return watched;
  };
  return {
    open,
    /** The screen of a key, once the concepts of a finished run are there. */
    async openScreen(key: string, options: FakeOptions, view?: PageView): Promise<WatchedPage> {
      const watched = await open(options, view);
      await watched.page
        .getByText(/concepts? from/)
        .first()
        .waitFor();
      await watched.page.keyboard.press(key);
      return watched;
    },
  };
}
