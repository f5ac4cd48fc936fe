import { chromium, type Browser } from 'playwright';
import { inject } from 'vitest';

/** The Chromium of the lane; closing it closes what was opened through this connection, not the browser. */
export function sharedBrowser(): Promise<Browser> {
  return chromium.connect(inject('chromium')!);
}
