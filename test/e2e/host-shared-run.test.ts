import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunPlaces, RunResult, RunScript, Setup, SharedRunState } from '../../main/api/contract.ts';
import { colourModel } from '../fixtures/colour-model.ts';
import { scene, writeModel } from '../main/cli/colour-case.ts';
import { sharedBlobs } from '../main/cli/shared-run-case.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';
import { openSession, type HostSession } from './host-session.ts';

const IMAGES = 192;
const LOCAL = { place: { engine: 'local', shards: 2 } };

describe('a run that processes of the host share', { timeout: 300_000 }, () => {
  const home = temporaryHome();
  let folder: string;
  let host: HostProgram;
  let session: HostSession;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-shared-'));
    const model = await writeModel(path.join(folder, 'model'), colourModel());
    const images = path.join(folder, 'images');
    await mkdir(images);
    for (let index = 0; index < IMAGES; index++)
      await writeFile(path.join(images, `${index}.png`), await scene(sharedBlobs(index)));
    host = await startHost(home);
    session = await openSession(host);
    const { model: opened } = await session.call<Setup>('addPaths', { paths: [model, images] });
    await session.call('setOptions', {
      ...{ classIndex: opened!.classNames.indexOf('red'), select: 'all', concepts: 3 },
      ...{ device: 'cpu', evaluate: 'none' },
    });
  }, 120_000);
  afterAll(async () => {
    await host?.stop();
    removeHome(home);
    await rm(folder, { recursive: true, force: true });
  });

  const stateNow = (): Promise<SharedRunState> => session.call('getSharedRun');
  async function until(isMeant: (state: SharedRunState) => boolean): Promise<SharedRunState> {
    for (;;) {
      const state = await stateNow();
      if (isMeant(state) || state.status === 'failed') return state;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  it('tells what there is to compute on, and shows the scripts of a cluster without one', async () => {
    const { engines, program } = await session.call<RunPlaces>('listRunPlaces');
    expect(engines.map(({ engine }) => engine)).toEqual(['local', 'slurm', 'bullmq']);
    expect(engines[0].problem).toBeNull();
    const place = {
      ...{ engine: 'slurm', shards: 8, partition: 'short', account: '', extra: ['--mem=4G'] },
      program: program!,
    };
    const scripts = await session.call<RunScript[]>('previewRunScripts', { place });
    expect(scripts).toHaveLength(7);
    expect(scripts[0].text).toContain('#SBATCH --array=0-7\n');
    expect(scripts[0].text).toContain('#SBATCH --partition=short\n');
    expect(scripts[0].text).toContain(program!.split(' ')[0]);
  });

  it('is cancelled, is found again by another start of the host, and finished with what was there', async () => {
    await session.call('startSharedRun', LOCAL);
    await until(({ images }) => images !== null);
    await expect(session.call('startRun')).rejects.toThrow('A shared run is under way');
    expect(await session.call('cancelSharedRun')).toMatchObject({ status: 'cancelled', images: IMAGES });
    await session.call('startSharedRun', LOCAL);
    await until(({ step }) => step === 'shards');
    await host.stop();
    host = await startHost(home);
    session = await openSession(host);
    expect(await stateNow()).toMatchObject({ status: 'paused', images: IMAGES, className: 'red' });
    await session.call('resumeSharedRun', {});
    const state = await until(({ status }) => status === 'done');
    expect(state.error).toBeNull();
    expect(state).toMatchObject({ status: 'done', images: IMAGES, failures: [] });
    expect(state.stages.map((stage) => [stage.stage, stage.state, stage.pieces, stage.stored])).toEqual(
      ['predictions', 'rows', 'coefficients'].map((stage) => [stage, 'done', 3, 3]),
    );
    const { project, runId } = state;
    const result = await session.call<RunResult>('getResult', { project, runId });
    expect(result.concepts).toHaveLength(3);
    const { runs } = await session.call<Setup>('getSetup');
    expect(runs.map((run) => [run.runId, run.isFinished])).toEqual([[runId, true]]);
  });

  it('tells in words why a plan cannot be made', async () => {
    const { runs } = await session.call<Setup>('getSetup');
    await session.call('setUpAgain', { project: runs[0].project, runId: runs[0].runId });
    await rm(path.join(folder, 'images'), { recursive: true });
    await session.call('startSharedRun', LOCAL);
    const { status, error } = await until(({ status }) => status === 'failed');
    expect(status).toBe('failed');
    expect(error?.code).toBe('bad-usage');
    expect(error?.message).toMatch(/images/);
  });
});
