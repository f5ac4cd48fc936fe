import type { Progress } from '../../core/platform.ts';
import type { AblationApi } from '../api/ablation-data.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { Results } from './results.ts';
import type { SetupService } from './setup.ts';

interface AblationContext {
  readonly setup: SetupService;
  readonly results: Results;
  readonly viewer: ComputeClient;
  readonly jobProgress: (job: string) => (progress: Progress) => void;
}

/** The methods about ablation: a run of the open project, answered by the process that serves views. */
export function ablationHandlers({ setup, results, viewer, jobProgress }: AblationContext): AblationApi {
  const question = (runId: string) => results.questionOf(setup.state.folder, runId);
  return {
    ablateImage: async (query) => viewer.run('ablateImage', { ...query, ...(await question(query.runId)) }),
    mendImage: async (query) => viewer.run('mendImage', { ...query, ...(await question(query.runId)) }),
    ablateRun: async (query) => viewer.run('ablateRun', { ...query, ...(await question(query.runId)) }),
    getDependence: async ({ runId }) =>
      viewer.run('dependence', await question(runId), { onProgress: jobProgress('dependence') }),
  };
}
