import type { MaskedHead } from '../../../core/concepts/masked-head.ts';
import { createSpecialisedMaskedHead } from '../../../core/concepts/specialised-masked-head.ts';
import { cutAt } from '../../../core/pipeline/model-parts.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { OpenIntake } from './intakes.ts';
import type { OpenedRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';

/** Opens the head of a run's model with the run's concepts in it, for the time of a task. */
export type WithHead = <T>(opened: OpenedRun, task: (head: MaskedHead) => Promise<T>) => Promise<T>;

/** Heads on the CPU. Rejects with 'bad-project' when the model is no longer the one that the run explains. */
export function createMaskedHeads(environment: Environment, openIntake: OpenIntake): WithHead {
  return async (opened, task) => {
    const { explanation, conceptBank } = opened;
    const intake = await openRunModel(openIntake, opened);
    const { sessions } = await environment.openDevice('cpu');
    const head = await createSpecialisedMaskedHead(
      cutAt(intake, explanation.layer).head,
      explanation.layer,
      conceptBank,
      explanation.classIndex,
      { sessions, memoryBudget: environment.memoryBudget },
    );
    try {
      return await task(head);
    } finally {
      await head.dispose();
    }
  };
}
