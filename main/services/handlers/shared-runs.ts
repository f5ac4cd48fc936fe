import path from 'node:path';
import { argumentsOf } from '../../../core/concepts/command-text.ts';
import type { RunOptions } from '../../../core/concepts/run-options.ts';
import { TesseraError } from '../../../core/errors.ts';
import type { RunPlace } from '../../api/contract.ts';
import type { Desktop } from '../desktop.ts';
import { askedNameOf, explainOptionsOf } from '../setup-state.ts';
import { requireClass, requireFolder, requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** A run that several processes share. */
export function sharedRunHandlers({
  sharedRuns,
  runs,
  setup,
  desktop,
  recalled,
}: Pick<Services, 'sharedRuns' | 'runs' | 'setup' | 'desktop' | 'recalled'>): Part<
  | 'listRunPlaces'
  | 'previewRunScripts'
  | 'startSharedRun'
  | 'resumeSharedRun'
  | 'cancelSharedRun'
  | 'getSharedRun'
> {
  return {
    listRunPlaces: () => sharedRuns.places(),
    async previewRunScripts({ place }) {
      return sharedRuns.scripts(place, path.resolve(requireFolder(await setup.settled())));
    },
    async startSharedRun({ place }) {
      refuseBeside(runs.state);
      const state = await setup.settled();
      requirePictures(state);
      const folder = path.resolve(requireFolder(state));
      requireClass(state);
      const options = placedOptions(explainOptionsOf(state), place, desktop.host);
      const planArguments = [...argumentsOf(options), `--out=${folder}`];
      return sharedRuns.start({ folder, className: askedNameOf(state) ?? '', planArguments, place });
    },
    resumeSharedRun({ redis }) {
      refuseBeside(runs.state);
      return sharedRuns.resume(redis);
    },
    cancelSharedRun: () => sharedRuns.cancel(),
    async getSharedRun() {
      await recalled;
      return sharedRuns.state;
    },
  };
}

/** Processes that Electron starts for a command cannot try a device, which needs one more process: they compute on the CPU. */
function placedOptions(options: RunOptions, { engine }: RunPlace, host: Desktop['host']): RunOptions {
  if (host !== 'desktop' || engine === 'slurm' || options.device === 'cpu') return options;
  if (options.device === 'auto') return { ...options, device: 'cpu' };
  throw new TesseraError('bad-usage', 'Several processes of this program compute on the CPU only.', {
    hint: 'Choose the CPU as the device, or let this program compute the run by itself.',
  });
}

function refuseBeside(state: Services['runs']['state']): void {
  if (state?.status === 'running')
    throw new TesseraError('bad-usage', 'A run is under way.', { hint: 'Wait for its end, or cancel it.' });
}
