import { missingMerges, runsOfBank } from '../../../core/pipeline/bank-merges.ts';
import { modelOverview } from '../../../core/pipeline/model-overview.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';
import type { CompleteRuns } from './complete-runs.ts';
import { editableIds } from './edit-jobs.ts';
import { groupsMadeBy } from './edited-notes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun } from './opened-runs.ts';
import { overviewView } from './overview-views.ts';

/** Computes concepts together before they are shown as one; what is known already is not computed again. */
export function mergeJobs(
  { storage }: Pick<Environment, 'storage'>,
  openRun: OpenRun,
  complete: CompleteRuns,
): Jobs<'computeMerge' | 'computeBankMerges'> {
  return {
    async computeMerge({ edit, ...question }, context) {
      const opened = await openRun(question);
      const { project, run } = opened;
      const notes = await loadNotes(project, run.id);
      const groups = groupsMadeBy(notes, edit, editableIds(opened, notes));
      const others = notes.bank === undefined ? [] : await runsOfBank(project, notes.bank);
      const runs = [run, ...others.filter(({ id }) => id !== run.id)];
      await complete.missing(project, await missingMerges(project, runs, groups), context, run.id);
      return null;
    },

    async computeBankMerges({ folder, key, bank }, context) {
      const project = await openProject(storage, folder);
      const overview = await modelOverview(project, bank);
      if (overview === undefined) return null;
      await complete.merges(
        project,
        overview.classes.map(({ runId }) => runId),
        context,
      );
      const completed = await modelOverview(await openProject(storage, folder), bank);
      return completed === undefined ? null : overviewView(key, completed);
    },
  };
}
