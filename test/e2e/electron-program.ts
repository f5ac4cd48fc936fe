import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { electronSwitches, findElectron } from '../../main/boot/electron-runtime.ts';
import { watchFaults } from './browser-page.ts';
import { ROOT } from './built-program.ts';
import { waitForWorkbench } from './steps.ts';

/** There is no graphics card to ask on a test machine, and a busy one must not slow timers of a hidden window. */
export const TEST_SWITCHES = [...electronSwitches(), '--disable-gpu', '--disable-renderer-backgrounding'];

const NEEDS_DISPLAY = process.platform === 'linux' && !process.env['DISPLAY'];

/** Can a window be opened here? Tests that need one say so in their name when they are skipped. */
export const CAN_OPEN_WINDOWS =
  findElectron() !== undefined && (!NEEDS_DISPLAY || hasProgram('Xvfb', '-help'));

function hasProgram(...[name, ...args]: [string, ...string[]]): boolean {
  try {
    execFileSync(name, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** A display to open windows on: the one of this machine, or one in memory. */
export interface Display {
  readonly environment: NodeJS.ProcessEnv;
  close(): void;
}

export async function openDisplay(): Promise<Display> {
  if (!NEEDS_DISPLAY) return { environment: process.env, close: () => undefined };
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await Promise.race([
    once(server.stdio[3]!, 'data'),
    once(server, 'exit').then(() => Promise.reject(new Error('Xvfb does not start.'))),
  ])) as [Buffer];
  return {
    environment: { ...process.env, DISPLAY: `:${number.toString().trim()}` },
    close: () => void server.kill(),
  };
}

/** The workbench in a window, as `npm start` opens it. */
export interface DesktopProgram {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** What went wrong in the page. */
  readonly faults: readonly string[];
}

export async function startDesktop(
  display: Display,
  home: string,
  paths: readonly string[] = [],
): Promise<DesktopProgram> {
  const app = await _electron.launch({
    executablePath: findElectron()!,
    args: [...TEST_SWITCHES, ROOT, ...paths],
    env: { ...(display.environment as Record<string, string>), TESSERA_HOME: home },
  });
  const page = await app.firstWindow();
  const faults = watchFaults(page);
  await waitForWorkbench(page);
  return { app, page, faults };
}

/** Process id of a utility process ("compute", "viewer") of the program, or undefined while there is none. */
export function processOf(app: ElectronApplication, name: string): Promise<number | undefined> {
  return app.evaluate(
    ({ app: program }, wanted) =>
      program.getAppMetrics().find((metric) => metric.name === wanted || metric.serviceName === wanted)?.pid,
    `Tessera ${name}`,
  );
}
