import { execFileSync } from 'node:child_process';

/** Best first: the shell has no window to draw and takes a fraction of the time. */
const NAMES = ['chromium-headless-shell', 'chromium', 'google-chrome', 'chromium-browser'];

/** Path of a Chromium to test with: CHROME_PATH, or one on the PATH; undefined where there is none. */
export function findBrowser(): string | undefined {
  if (process.env.CHROME_PATH !== undefined) return process.env.CHROME_PATH;
  for (const name of NAMES)
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: 'pipe' }).trim();
    } catch {
      continue;
    }
  return undefined;
}

/** Flags for a machine without a graphics card or a sandbox; nothing is asked of the network. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
