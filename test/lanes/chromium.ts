import { chromium } from 'playwright';
import type { TestProject } from 'vitest/node';
import { BROWSER_FLAGS, findBrowser } from '../renderer/find-browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the lane's Chromium takes connections; undefined where there is none to start. */
    readonly chromium: string | undefined;
  }
}

/** Starts one Chromium for all test files of a lane; each connects, and opens contexts of its own. */
export default async function startChromium({ provide }: TestProject): Promise<(() => Promise<void>) | void> {
  const executablePath = findBrowser();
  if (executablePath === undefined) return provide('chromium', undefined);
  const server = await chromium.launchServer({ executablePath, args: BROWSER_FLAGS, host: '127.0.0.1' });
  provide('chromium', server.wsEndpoint());
  return () => server.close();
}
