import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TesseraError } from '../../core/errors.ts';

const run = promisify(execFile);

/** How a job, or one task of an array, is doing. */
export interface SlurmTask {
  readonly state: string;
  readonly reason: string;
}

/** Why there can be no jobs here: there is no Slurm, or it does not answer; undefined where it does. */
export async function slurmProblem(): Promise<TesseraError | undefined> {
  try {
    await slurm('sbatch', ['--version']);
    await slurm('sinfo', ['-h', '-o', '%P']);
    return undefined;
  } catch (error) {
    if (error instanceof TesseraError) return error;
    throw error;
  }
}

/** Submits a script and returns the number of its job. Throws TesseraError 'storage' with what sbatch says. */
export async function sbatch(script: string, more: readonly string[]): Promise<string> {
  const { stdout } = await slurm('sbatch', ['--parsable', ...more, script]);
  // "17" or, of another cluster, "17;name".
  return stdout.trim().split(';')[0];
}

/** The tasks of some jobs that have not ended; none where Slurm no longer knows them. */
export async function activeTasks(jobs: readonly string[]): Promise<SlurmTask[]> {
  const { stdout } = await slurm('squeue', ['-h', '-o', '%T|%r', '-j', jobs.join(',')], /Invalid job id/);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|'))
    .map(([state, reason = '']) => ({ state, reason }));
}

/** Cancels jobs; those that have ended stay as they are. */
export async function scancel(jobs: readonly string[]): Promise<void> {
  await slurm('scancel', jobs, /./);
}

/** How the tasks of a job ended, where the cluster keeps accounts: "3 COMPLETED, 1 TIMEOUT". */
export async function howEnded(job: string): Promise<string | undefined> {
  const { stdout } = await slurm('sacct', ['-n', '-X', '-P', '-o', 'State', '-j', job], /./);
  const counts = new Map<string, number>();
  for (const state of stdout.split('\n').filter((line) => line !== ''))
    counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts.size === 0 ? undefined : [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

interface Output {
  readonly stdout: string;
}

async function slurm(program: string, argv: readonly string[], allowed?: RegExp): Promise<Output> {
  try {
    return await run(program, argv, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  } catch (error) {
    const { code, stderr = '', message } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === 'ENOENT' && allowed?.source !== '.') {
      throw new TesseraError('bad-usage', `There is no ${program} here.`, {
        hint: 'Submit on a machine of the cluster, such as its login node, or see the scripts with --dry-run.',
        cause: error,
      });
    }
    if (allowed?.test(stderr === '' ? message : stderr) === true) return { stdout: '' };
    throw new TesseraError('storage', `${program}: ${(stderr === '' ? message : stderr).trim()}`, {
      cause: error,
    });
  }
}
