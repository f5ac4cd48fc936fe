import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../project/lock-file.ts';

/** This process, and what the system tells of others. */
export const thisProcess: ProcessIdentity = {
  pid: process.pid,
  host: hostname(),
  ...machineName(),
  isAlive,
  startOf: (pid) => statusOf(pid)?.start,
};

/** The start of the system, and the table that numbers mean something in: containers of one machine have their own. */
function machineName(): { readonly machine?: string } {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { machine: `${boot} ${readlinkSync('/proc/self/ns/pid')}` };
  } catch {
    return {};
  }
}

/** Signal 0 asks whether a process lives; EPERM means that it does and belongs to somebody else. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // One that has ended keeps its number until its parent asks how.
  return statusOf(pid)?.state !== 'Z';
}

/** State and start of a process, in ticks since that of the system (Linux). */
function statusOf(pid: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}
