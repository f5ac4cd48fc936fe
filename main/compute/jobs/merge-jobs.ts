import type { Environment } from '../../../core/pipeline/environment.ts';
import { mergeConcepts } from '../../../core/pipeline/merge-concepts.ts';
import { changeProject } from '../../../core/project/change-lock.ts';
import { loadMerged, saveMerged } from '../../../core/project/merged-file.ts';
import { editableIds } from './edit-jobs.ts';
import { groupsMadeBy } from './edited-notes.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';

/** Computes concepts together before they are shown as one; what is known already is not computed again. */
export function mergeJobs(
  environment: Environment,
  openRun: OpenRun,
  openIntake: OpenIntake,
): Jobs<'computeMerge'> {
  return {
    async computeMerge({ edit, ...question }, { signal, onProgress }) {
      const opened = await openRun(question);
      const { project, run, conceptBank, bankCoefficients: coefficients } = opened;
      const notes = await loadNotes(project, run.id);
      for (const group of groupsMadeBy(notes, edit, editableIds(opened, notes))) {
        if ((await loadMerged(project, run, group)) !== undefined) continue;
        const intake = await openRunModel(openIntake, opened);
        const device = await environment.openDevice(run.options.device);
        const scope = { environment, device, intake, project, signal, onProgress };
        const figures = await mergeConcepts(scope, run, { conceptBank, coefficients }, group);
        await changeProject(project, environment.self, () => saveMerged(project, run, group, figures));
      }
      return null;
    },
  };
}
