import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from 'playwright';
import { watchFaults } from './browser-page.ts';
import { ROOT } from './built-program.ts';
import { TEST_SWITCHES, type Display } from './electron-program.ts';
import { waitForWorkbench } from './steps.ts';

const PROGRAMS = [
  'linux-unpacked/tessera',
  'win-unpacked/Tessera.exe',
  'mac/Tessera.app/Contents/MacOS/Tessera',
];

/** The program that `npm run dist:dir` packed, where there is one. */
export const PACKAGED = PROGRAMS.map((name) => path.join(ROOT, 'dist', name)).find((name) =>
  existsSync(name),
);

export interface PackagedProgram {
  readonly page: Page;
  readonly faults: readonly string[];
  readonly pid: number;
  /** From the start of the process until the page can be used. */
  readonly interactiveMs: number;
  /** Closes the window, as a person does; resolves with the exit code of the program. */
  close(): Promise<number | null>;
}

/**
 * Starts the packaged program. Its fuses keep a debugger out of the main process, so it is driven through its page
 * alone.
 */
export async function startPackaged({ environment }: Display, home: string): Promise<PackagedProgram> {
  const begun = performance.now();
  const child = spawn(PACKAGED!, [...TEST_SWITCHES, '--remote-debugging-port=0'], {
    env: { ...environment, TESSERA_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the program ended:\n${output}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  const faults = watchFaults(page);
  await waitForWorkbench(page);
  const interactiveMs = performance.now() - begun;
  return {
    page,
    faults,
    pid: child.pid!,
    interactiveMs,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit') as Promise<[number | null]>;
      await page.close();
      const [code] = await ended;
      return code;
    },
  };
}
