import type { Browser, BrowserContext, Page } from 'playwright';

/** A page and what went wrong in it: exceptions, messages of the console, requests that were refused. */
export interface WatchedPage {
  readonly page: Page;
  readonly faults: readonly string[];
}

export async function watchedPage(
  where: Browser | BrowserContext,
  options: { width?: number; height?: number; colorScheme?: 'light' | 'dark' } = {},
): Promise<WatchedPage> {
  const { width = 1440, height = 900, colorScheme = 'light' } = options;
  const context =
    'newContext' in where
      ? await where.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
      : where;
  const page = await context.newPage();
  return { page, faults: watchFaults(page) };
}

/** Collects what goes wrong in a page from now on. */
export function watchFaults(page: Page): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  return faults;
}
