import path from 'node:path';
import { commandText } from '../../../core/concepts/command-text.ts';
import { TesseraError } from '../../../core/errors.ts';
import type { RunKey, Setup } from '../../api/contract.ts';
import { askedNameOf, explainOptionsOf } from '../setup-state.ts';
import { requireClass, requireFolder, requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** The run that is under way. */
export function runHandlers({
  runs,
  sharedRuns,
  setup,
  recalled,
  results,
  viewer,
  events,
}: Pick<Services, 'runs' | 'sharedRuns' | 'setup' | 'recalled' | 'results' | 'viewer' | 'events'>): Part<
  | 'startRun'
  | 'pauseRun'
  | 'resumeRun'
  | 'cancelRun'
  | 'getRun'
  | 'getEarlyConcepts'
  | 'renameRun'
  | 'deleteRun'
  | 'restoreRun'
  | 'setUpAgain'
> {
  const listed = async (): Promise<Setup> => {
    await setup.refreshRuns();
    return setup.setup;
  };
  return {
    async renameRun({ name, ...run }) {
      await viewer.run('renameRun', { name, ...(await results.questionOf(run)) });
      events.emit('result', run);
      return listed();
    },
    async deleteRun(run) {
      refuseUnderWay(run, runs.state);
      await viewer.run('deleteRun', await results.questionOf(run));
      return listed();
    },
    async restoreRun(run) {
      await viewer.run('restoreRun', await results.questionOf(run));
      return listed();
    },
    async setUpAgain(run) {
      const { folder, runId } = await results.questionOf(run);
      return setup.setUpAgain(folder, runId);
    },
    async startRun() {
      sharedRuns.requireIdle();
      const state = await setup.settled();
      requirePictures(state);
      const folder = requireFolder(state);
      requireClass(state);
      const options = explainOptionsOf(state);
      const question = { folder, options, command: commandText(options, path.resolve(folder)) };
      return runs.start([{ question, className: askedNameOf(state) ?? '' }]);
    },
    pauseRun: () => runs.pause(),
    resumeRun: () => runs.resume(),
    cancelRun: () => runs.cancel(),
    async getRun() {
      await recalled;
      return runs.state;
    },
    getEarlyConcepts: () => Promise.resolve(runs.earlyConcepts),
  };
}

function refuseUnderWay({ project, runId }: RunKey, state: Services['runs']['state']): void {
  if (state?.status !== 'running' && state?.status !== 'paused') return;
  if (state.project !== project || state.runId !== runId) return;
  throw new TesseraError('bad-usage', 'This run is under way, so it cannot be deleted.', {
    hint: 'Cancel it first.',
  });
}
