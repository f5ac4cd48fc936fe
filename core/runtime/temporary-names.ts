import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { thisProcess } from './this-process.ts';

/*
 * Names of temporary files: `.tessera-MACHINE-PROCESS-START-RANDOM.tmp`, so that whoever finds one later can see
 * whether its writer still lives.
 */
const NAME = /^\.tessera-(?:([0-9a-f]{8})-(\d+)-(\d*)-)?[0-9a-f]{12}\.tmp$/;
/** A file of another machine, or of an earlier version, is nobody's when it has not changed for so long. */
const FORGOTTEN_MS = 3_600_000;

const { pid, host, machine } = thisProcess;
const MACHINE = createHash('sha256')
  .update(machine ?? host)
  .digest('hex')
  .slice(0, 8);

/** A path in a folder that no other writer uses; short, as the target's name may already be as long as is allowed. */
export function temporaryIn(folder: string): string {
  const start = thisProcess.startOf?.(pid) ?? '';
  return join(folder, `.tessera-${MACHINE}-${pid}-${start}-${randomBytes(6).toString('hex')}.tmp`);
}

/** Removes the temporary files in a folder whose writers have ended. A folder that is not there has none. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    if (await isLeftover(path, NAME.exec(name))) await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isLeftover(path: string, found: RegExpExecArray | null): Promise<boolean> {
  if (found === null) return false;
  const [, of, writer, start] = found;
  if (of !== MACHINE) {
    const status = await stat(path).catch(() => undefined);
    return status !== undefined && Date.now() - status.mtimeMs > FORGOTTEN_MS;
  }
  if (!thisProcess.isAlive(Number(writer))) return true;
  const now = thisProcess.startOf?.(Number(writer));
  return now !== undefined && start !== '' && now !== start;
}
