import type { StoredOwnConcept } from '../../concepts/own/own-concept.ts';
import { pendingOwnConcepts, saveOwnConcept } from '../../project/own-concepts-file.ts';
import type { Project } from '../../project/project-folder.ts';
import { loadRunTensors } from '../../project/tensors-file.ts';
import type { FinishedRun, MergeWork, OpenRunScope } from '../bank-merges.ts';
import { stepper } from './make-own-concept.ts';
import { ownInRun, stepsOfOwn } from './own-in-run.ts';

/**
 * Computes what own concepts of a run's bank are in the run: those of which that is not known, or one of them by its id; keeps
 * each as it is done.
 *
 * Throws   TesseraError 'bad-image' where the run's pictures are not what they were; the signal's reason when aborted.
 */
export async function completeOwn(
  project: Project,
  run: FinishedRun,
  scopeOf: OpenRunScope,
  work: MergeWork,
  only?: string,
): Promise<void> {
  const pending = (await pendingOwnConcepts(project, run)).filter(
    ({ concept }) => only === undefined || concept.id === only,
  );
  if (pending.length === 0) return;
  const scope = { ...(await scopeOf(run)), project, ...work };
  const tensors = await loadRunTensors(project, run.id);
  const step = stepper(work, pending.length * stepsOfOwn(run));
  for (const defined of pending) {
    const { concept, ...found } = await ownInRun(scope, run, tensors, defined, () => step(1));
    const stored: StoredOwnConcept = { ...found, concept: { ...concept, id: defined.concept.id } };
    await saveOwnConcept(project, scope.environment.self, run, stored);
  }
}
