import { execFileSync } from 'node:child_process';

/** Where the disk of this process is. */
const PLACE = `/tmp/tessera-full-disk-${process.pid}`;

/** Can a disk be made here? It needs root. */
export function mountable(): boolean {
  try {
    if (process.getuid?.() !== 0) return false;
    execFileSync('mountpoint', ['-q', mount()]);
    return true;
  } catch {
    return false;
  } finally {
    unmount();
  }
}

/** A disk in memory of so many kilobytes. */
export function mount(kilobytes = 48): string {
  execFileSync('mkdir', ['-p', PLACE]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', PLACE], { stdio: 'ignore' });
  return PLACE;
}

/** Takes the disk away, if it is there. */
export function unmount(): void {
  try {
    execFileSync('umount', [PLACE], { stdio: 'ignore' });
  } catch {
    // Not mounted.
  }
  execFileSync('rmdir', [PLACE]);
}
