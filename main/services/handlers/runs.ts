import path from 'node:path';
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
        { folder, options, command: commandOf(options, folder) },
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

/** The command line that repeats a run. */
function commandOf(options: ReturnType<typeof explainOptionsOf>, folder: string): string {
  const { images, ...single } = options;
  const parts = Object.entries(single).flatMap(([name, value]) => [`--${name}`, quoted(String(value))]);
  const folders = images.flatMap((image) => ['--images', quoted(image)]);
  return ['tessera explain', ...parts, ...folders, '--out', quoted(path.resolve(folder))].join(' ');
}

function quoted(argument: string): string {
  return /^[\w./:=@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
