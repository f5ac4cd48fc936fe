import path from 'node:path';
import { commandText } from '../../../core/concepts/command-text.ts';
import { explainOptionsOf } from '../setup-state.ts';
import { requireClass, requireFolder, requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** The run that is under way. */
export function runHandlers({
  runs,
  setup,
  recalled,
}: Pick<Services, 'runs' | 'setup' | 'recalled'>): Part<
  'startRun' | 'pauseRun' | 'resumeRun' | 'cancelRun' | 'getRun' | 'getEarlyConcepts'
> {
  return {
    async startRun() {
      const state = await setup.settled();
      requirePictures(state);
      const folder = requireFolder(state);
      const classIndex = requireClass(state);
      const options = explainOptionsOf(state);
      return runs.start(
        { folder, options, command: commandText(options, path.resolve(folder)) },
        state.model!.classNames[classIndex],
      );
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
