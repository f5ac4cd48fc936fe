import { thisProcess } from '../../../core/runtime/this-process.ts';
import { describe, expect, it } from 'vitest';
import { loadRun, openProject } from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import type { ComputeClient } from '../../../main/compute/client.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { createProjects } from '../../../main/services/projects.ts';
import { SetupService } from '../../../main/services/setup.ts';
import { explainOptionsOf } from '../../../main/services/setup-state.ts';
import { oldProject } from '../../fixtures/old-project.ts';

/** A setup on a project of 0.1, whose jobs are done in this process. */
async function openedSetup(isSent = false) {
  const { root, project } = await oldProject();
  const jobs = createJobs({}) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const context = { signal: new AbortController().signal, onProgress: () => {}, onNews: () => {} };
  const viewer = { run: (job: string, question: unknown) => jobs[job](question, context) };
  const places = { demo: root, projects: root, state: root, uploads: isSent ? root : `${root}-sent` };
  const client = viewer as unknown as ComputeClient;
  const setup = new SetupService({
    storage: fileStorage,
    places: places as unknown as ConstructorParameters<typeof SetupService>[0]['places'],
    projects: createProjects(fileStorage, places, client),
    viewer: client,
    events: createEventHub(),
  });
  return { setup, project, shown: await setup.openProject(project) };
}

describe('the run that a setup continues', () => {
  it('is the unfinished one that asks the same, though it named the class that the window counts', async () => {
    const { setup, project, shown } = await openedSetup();
    expect(shown).toMatchObject({ options: { classIndex: 0, seed: 5 }, continuedRun: 'run3' });
    // And it is what then happens.
    const opened = await openProject(fileStorage, project);
    const { seed, versions, device } = await loadRun(opened, 'run3');
    const options = explainOptionsOf(setup.state);
    expect(options.class).toBe('0');
    expect(await startRun(opened, { options, seed, versions, device }, thisProcess)).toMatchObject({
      resumed: true,
      run: { id: 'run3' },
    });
  });

  it('is none once another class or another option is chosen, and the same again when that is undone', async () => {
    const { setup } = await openedSetup();
    expect(await setup.setOptions({ classIndex: 1 })).toMatchObject({ continuedRun: null });
    expect(await setup.undo()).toMatchObject({ continuedRun: 'run3' });
    expect(await setup.setOptions({ samples: 64 })).toMatchObject({ continuedRun: null });
    expect(await setup.setOptions({ classIndex: null, samples: null })).toMatchObject({ continuedRun: null });
    expect(await setup.setOptions({ classIndex: 0 })).toMatchObject({ continuedRun: 'run3' });
  });
});

describe('a project that was opened', () => {
  it.each([true, false])('is a copy where a browser sent it: %s', async (isSent) => {
    const { shown } = await openedSetup(isSent);
    expect(shown.isCopy).toBe(isSent);
  });
});
