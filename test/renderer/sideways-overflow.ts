import type { Page } from 'playwright';

/** Pixels by which the window's content is wider than the window; 0 or less where nothing scrolls sideways. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector('.frame')!.scrollWidth - innerWidth);
}
