import type { Browser } from 'playwright';
import { afterAll, beforeAll, inject } from 'vitest';
import { watchedPage, type WatchedPage } from '../e2e/browser-page.ts';
import type { FakeOptions } from '../fakes/fake-workbench-api.ts';
import { sharedBrowser } from './shared-browser.ts';

export interface PageView {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Opens pages of the renderer over the fake workbench for the suite that calls this. */
export function fakeWorkbenchPages() {
  let browser: Browser;
  beforeAll(async () => {
    browser = await sharedBrowser();
  });
  afterAll(() => browser?.close());

  const open = async (options: FakeOptions, view?: PageView): Promise<WatchedPage> => {
    const watched = await watchedPage(browser, view);
    const address = inject('fakeWorkbenchPage');
    await watched.page.goto(`${address}/?options=${encodeURIComponent(JSON.stringify(options))}`);
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
