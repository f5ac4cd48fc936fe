import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DeviceName } from '../platform.ts';
import type { Trial } from './device-trial.ts';

export interface ProbeProcessOptions {
  /** The script to run instead of device-probe.ts; a bundle gives the place of its compiled copy. */
  readonly entry?: string;
  /** @default 60000 */
  readonly timeoutMs?: number;
  /** Variables to add to the environment, such as VK_ICD_FILENAMES. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Tries a device in a process of its own, so that a driver that crashes or hangs takes nothing with it. */
export function probeInProcess(device: DeviceName, options: ProbeProcessOptions = {}): Promise<Trial> {
  const { entry = probeEntry(), timeoutMs = 60_000 } = options;
  // Electron's binary behaves as Node.js only on request.
  const asNode = process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' };
  const env = { ...process.env, ...asNode, ...options.environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...loaderArguments(entry), entry, device],
      { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 24, windowsHide: true },
      (error, stdout) =>
        resolve(readTrial(stdout) ?? { works: false, failure: whyItEnded(error, timeoutMs) }),
    );
  });
}

/** The script lies beside this file; of a bundle beside the program, above or beside its parts. */
function probeEntry(): string {
  const places = ['device-probe.ts', 'device-probe.js', '../device-probe.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => existsSync(place)) ?? places[0];
}

/** Node.js cannot load a .ts file by itself; the compiled entry of a bundle needs no loader. */
function loaderArguments(entry: string): string[] {
  if (!entry.endsWith('.ts')) return [];
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href];
}

function readTrial(stdout: string): Trial | undefined {
  const line = stdout.split('\n').findLast((text) => text.startsWith('{"works":'));
  return line === undefined ? undefined : (JSON.parse(line) as Trial);
}

function whyItEnded(error: ExecFileException | null, timeoutMs: number): string {
  if (error?.killed === true) return `the driver did not answer within ${timeoutMs / 1000} s`;
  const ending = error?.signal ?? error?.code;
  return `the driver ended the process${ending === undefined ? '' : ` (${ending})`}`;
}
