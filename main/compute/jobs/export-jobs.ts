import type { Environment } from '../../../core/pipeline/environment.ts';
import { exportFile, pathTable, tabledRun } from '../../../core/pipeline/export-run.ts';
import { makeMonitor } from '../../../core/pipeline/editing/make-monitor.ts';
import { monitorZip } from '../../../core/pipeline/editing/monitor-files.ts';
import type { TabledRun } from '../../../core/pipeline/run-tables.ts';
import type { CompleteRuns } from './complete-runs.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun } from './opened-runs.ts';
import { runScope } from './run-models.ts';

/** Jobs that write a run, or some of its images, for other programs. */
export function exportJobs(
  environment: Environment,
  openRun: OpenRun,
  openIntake: OpenIntake,
  complete: CompleteRuns,
): Jobs<'exportRun' | 'exportPaths'> {
  return {
    async exportRun({ file, path, ...question }, context) {
      const { project, run } = await openRun(question);
      await complete(project, [run.id], context);
      const opened = await openRun(question);
      const scope = await runScope(environment, openIntake, opened);
      const measure = (): Promise<TabledRun> => tabledRun(scope, opened.project, opened.run, context);
      const bytes =
        file === 'monitor.zip'
          ? monitorZip(await makeMonitor(scope, opened.run, measure, context), 'monitor')
          : exportFile(await measure(), file);
      await environment.storage.writeAtomic(path, bytes);
      return null;
    },

    async exportPaths({ images, path, ...question }) {
      const opened = await openRun(question);
      const paths = images.map((image) => opened.pictureAt(image).file.path);
      await environment.storage.writeAtomic(path, pathTable(paths));
      return null;
    },
  };
}
