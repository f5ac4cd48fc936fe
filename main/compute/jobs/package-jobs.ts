import { openEdit } from '../../../core/pipeline/editing/open-edit.ts';
import { writePackage } from '../../../core/pipeline/editing/write-package.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { editQuestion } from './edit-model-jobs.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun } from './opened-runs.ts';
import { runScope } from './run-models.ts';

/** Jobs that write what is handed over of an audit. */
export function packageJobs(
  environment: Environment,
  openRun: OpenRun,
  openIntake: OpenIntake,
): Jobs<'writePackage'> {
  return {
    async writePackage({ edit, path, name, ...run }, work) {
      const opened = await openRun(run);
      const { scope, own } = await openEdit(environment, opened.project, opened.run);
      const folder = `${path}.folder`;
      try {
        const { withoutMonitor = null } = await writePackage(
          scope,
          {
            folder,
            scored: await runScope(environment, openIntake, opened),
            ...(edit !== null && { edit: await editQuestion(scope, opened, own, edit, work) }),
            zip: { path, name },
          },
          work,
        );
        return { withoutMonitor };
      } finally {
        await environment.storage.remove(folder);
      }
    },
  };
}
