import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ScoredScope } from '../../../core/pipeline/run-context.ts';
import type { ScoredModel } from '../../../core/pipeline/scored-model.ts';
import { reopenModel } from '../../../core/pipeline/reopen-model.ts';
import type { OpenIntake } from './intakes.ts';
import type { OpenedRun } from './opened-runs.ts';

/** The model that a run explains. Rejects with 'bad-project' when the file is no longer that model. */
export function openRunModel(
  openIntake: OpenIntake,
  { run, project }: Pick<OpenedRun, 'run' | 'project'>,
): Promise<ScoredModel> {
  return reopenModel((path, options) => openIntake({ path, ...options }), project, run);
}

/** The model that a run explains, on the processor. */
export async function runScope(
  environment: Environment,
  openIntake: OpenIntake,
  opened: Pick<OpenedRun, 'run' | 'project'>,
): Promise<ScoredScope> {
  return {
    environment,
    intake: await openRunModel(openIntake, opened),
    device: await environment.openDevice('cpu'),
  };
}
