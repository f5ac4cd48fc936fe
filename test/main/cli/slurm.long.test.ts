import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { differences } from '../../campaign/project-facts.ts';
import { tessera, tesseraProcess } from './run-tessera.ts';
import { explainedWhole, factsOf, piecesOf, statusOf } from './shared-run-case.ts';

const CLUSTER = path.join(import.meta.dirname, '../../../../shared/tools/slurm-cluster.sh');
const run = promisify(execFile);

function hasSlurm(): boolean {
  const has = (program: string): boolean => {
    try {
      execFileSync('which', [program], { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } });
      return true;
    } catch {
      return false;
    }
  };
  return existsSync(CLUSTER) && ['sbatch', 'squeue', 'slurmctld', 'slurmd', 'munged'].every(has);
}

/**
 * In the place of the program: what befalls the first attempt of each task of the first stage. Task 0 ends with 75, task 1 is
 * killed before its write, task 2 is there twice, and the node of task 3 is lost while it has not written yet.
 */
const FAULTS = `#!/bin/bash
tries=$1; shift
case "$*" in
  *"--stage predictions --shard "*) task=$SLURM_ARRAY_TASK_ID ;;
  *) exec "$@" ;;
esac
if mkdir "$tries/$task" 2>/dev/null; then
  case $task in
    0) exit 75 ;;
    1) TESSERA_STOP_AT=cache/predictions- exec "$1" --import "$STOP" "\${@:2}" ;;
    2) "$@" & "$@"; code=$?; wait $! && exit $code ;;
    3) echo "$SLURMD_NODENAME $$" >"$tries/lost"; TESSERA_STOP_AT=cache/predictions- TESSERA_STOP_SIGNAL=SIGSTOP \\
         exec "$1" --import "$STOP" "\${@:2}" ;;
  esac
fi
exec "$@"
`;

describe.skipIf(!hasSlurm())(
  'a run on Slurm (needs its packages and ../shared)',
  { timeout: 180_000 },
  () => {
    let cluster = '';
    let env: { readonly SLURM_CONF: string };
    beforeAll(async () => {
      cluster = await mkdtemp(path.join(tmpdir(), 'slurm-'));
      await chmod(cluster, 0o755);
      const { stdout } = await run('bash', [CLUSTER, 'up', cluster, '2']);
      env = { SLURM_CONF: /SLURM_CONF=(.*)/.exec(stdout)![1] };
    });
    afterAll(async () => {
      await run('bash', [CLUSTER, 'down', cluster]);
    });

    it('is finished by submit alone where tasks end with 75, are killed, lost with their node and there twice', async () => {
      const { folder, out, question, whole } = await explainedWhole(256, '--evaluate', 'none');
      await tessera('plan', ...question);
      const tries = await mkdtemp(path.join(folder, 'tries-'));
      const faults = path.join(folder, 'faults.sh');
      await writeFile(faults, FAULTS);
      const built = inject('builtCli');
      const program = ['bash', faults, tries, process.execPath, path.join(built, 'tessera.js')].join(' ');
      const STOP = path.join(built, 'stop-at-write.js');
      const stopped = loseNode(path.join(tries, 'lost'), env);
      const argv = [
        'submit',
        out,
        '--engine',
        'slurm',
        '--shards',
        '4',
        '--partition',
        'all',
        '--program',
        program,
      ];
      const done = await tesseraProcess(argv, { env: { ...env, STOP } });
      await stopped;
      expect((await readdir(tries)).sort()).toEqual(['0', '1', '2', '3', 'lost']);
      expect(done, done.stderr).toMatchObject({ code: 0 });
      expect(differences(whole, await factsOf(out))).toEqual([]);
      for (const stage of ['predictions', 'rows', 'coefficients', 'importance', 'removals'])
        expect((await piecesOf(out, stage)).map((file) => path.basename(file))).toEqual(
          ['000', '001', '002', '003'].map((number) => `${number}.safetensors`),
        );
      const { run: id, failures } = await statusOf(out);
      expect([id, failures]).toEqual(['run1', []]);
      await rm(out, { recursive: true });
    });
  },
);

/** Waits until a task says on which node it is, and takes that node away; it comes back by itself. */
async function loseNode(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  while (!existsSync(file)) await wait(100);
  await wait(200);
  const [node, pid] = (await readFile(file, 'utf8')).trim().split(' ');
  // It stops itself before its first write: then the chunk is computed and not stored.
  while (!(await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') T ')) await wait(100);
  const lost = ['update', `nodename=${node}`, 'state=down', 'reason=lost'];
  await run('scontrol', lost, { env: { ...process.env, ...env } });
}
