import { TesseraError } from '../../../core/errors.ts';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import type { OpenIntake } from './intakes.ts';
import type { OpenedRun } from './opened-runs.ts';

/** The model that a run explains. Rejects with 'bad-project' when the file is no longer that model. */
export async function openRunModel(
  openIntake: OpenIntake,
  { run, project }: Pick<OpenedRun, 'run' | 'project'>,
): Promise<ModelIntake> {
  const { labels, preprocessing } = run.options;
  const intake = await openIntake({
    path: project.file.model.path,
    ...(typeof labels === 'string' && { labels }),
    ...(typeof preprocessing === 'string' && { preprocessing }),
  });
  if (intake.sha256 === project.file.model.sha256) return intake;
  throw new TesseraError('bad-project', `${intake.path} is no longer the model that this run explains.`, {
    hint: 'Put the model back, or explain the new one.',
  });
}
