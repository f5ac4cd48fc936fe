import type { RunPlace, SharedRunApi, SharedRunState, WorkbenchEvents } from '../../main/api/contract.ts';

/** Which shared run the fake starts with. */
export type FakeSharedRun = SharedRunState['status'];

const NO_SLURM = {
  name: 'TesseraError',
  code: 'bad-usage',
  message: 'There is no Slurm on this computer: sbatch is not found.',
  hint: 'Start Tessera on the login node of the cluster, over SSH. The scripts can be looked at here.',
} as const;

const stateOf = (folder: string, place: RunPlace, status: FakeSharedRun): SharedRunState => ({
  ...{ folder, projectName: 'demo', className: 'house', place, status },
  step: 'shards',
  images: 12_800,
  stages: [
    {
      ...{
        stage: 'predictions',
        state: 'done',
        pieces: 200,
        stored: 200,
        ratePerSecond: null,
        etaSeconds: null,
      },
      shards: [],
    },
    {
      ...{ stage: 'rows', state: 'working', pieces: 200, stored: 83, ratePerSecond: 212, etaSeconds: 35 },
      shards: Array.from({ length: place.shards }, (_, shard) => ({
        ...{ shard, of: place.shards, host: `node${shard % 3}` },
        ...{
          done: 640 - 64 * shard,
          total: 6400 / 2,
          state: shard === 1 ? ('failed' as const) : ('working' as const),
        },
      })),
    },
    {
      ...{
        stage: 'coefficients',
        state: 'unknown',
        pieces: null,
        stored: 0,
        ratePerSecond: null,
        etaSeconds: null,
      },
      shards: [],
    },
  ],
  failures: [
    {
      ...{ stage: 'rows', shard: 1, of: place.shards, host: 'node1', isFinal: false },
      message: '/data/photos/house/07.jpg is not there.',
      hint: 'Mount the folder on this machine.',
    },
  ],
  told: ['predictions: 4 shards', 'rows: 4 shards'],
  logs: place.engine === 'slurm' ? `${folder}/work/0123/slurm/logs` : null,
  ...{ project: status === 'done' ? 'p1' : null, runId: status === 'done' ? 'run1' : null },
  error: null,
});

/** A shared run that stands where it is until it is cancelled. */
export function fakeSharedRuns(
  folder: string,
  emit: <Name extends keyof WorkbenchEvents>(event: Name, payload: WorkbenchEvents[Name]) => void,
  begun: FakeSharedRun | undefined,
): SharedRunApi {
  let state = begun === undefined ? null : stateOf(folder, { engine: 'local', shards: 4 }, begun);
  const set = (next: SharedRunState): Promise<SharedRunState> => {
    state = next;
    emit('sharedRun', next);
    return Promise.resolve(next);
  };
  return {
    listRunPlaces: () =>
      Promise.resolve({
        engines: [
          { engine: 'local', problem: null },
          { engine: 'slurm', problem: NO_SLURM },
          { engine: 'bullmq', problem: null },
        ],
        processors: 4,
        program: '/usr/bin/node /opt/tessera/out/cli/tessera.js',
      }),
    previewRunScripts: ({ place: { partition, shards } }) =>
      Promise.resolve([
        {
          name: 'predictions.sh',
          text: `#!/bin/bash\n#SBATCH --array=0-${shards - 1}\n#SBATCH --partition=${partition}\n`,
        },
      ]),
    startSharedRun: ({ place }) => set(stateOf(folder, place, 'running')),
    resumeSharedRun: () => set({ ...state!, status: 'running' }),
    cancelSharedRun: () => set({ ...state!, status: 'cancelled' }),
    getSharedRun: () => Promise.resolve(state),
  };
}
