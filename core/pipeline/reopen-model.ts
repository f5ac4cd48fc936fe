import { TesseraError } from '../errors.ts';
import type { Project } from '../project/project-folder.ts';
import type { ProjectFile, RunFile } from '../project/schema.ts';
import type { IntakeOptions, ModelIntake } from './model-intake.ts';

/** The class names that a project holds, for when their file is gone; none in a project of numbers. */
export function keptLabelsOf({
  labels: { source, names },
}: Pick<ProjectFile, 'labels'>): Pick<IntakeOptions, 'keptLabels'> {
  return names === undefined ? {} : { keptLabels: { source, names } };
}

/**
 * The model that a run explains, opened again as the run had it.
 * Rejects with 'bad-project' when another model is now in its place, and as `open`.
 */
export async function reopenModel(
  open: (path: string, options: IntakeOptions) => Promise<ModelIntake>,
  { file }: Project,
  { options }: RunFile,
): Promise<ModelIntake> {
  const { labels, preprocessing } = options;
  const asked: IntakeOptions = {
    ...(typeof labels === 'string' && { labels, ...keptLabelsOf(file) }),
    ...(typeof preprocessing === 'string' && { preprocessing }),
  };
  const intake = await open(file.model.path, asked);
  if (intake.sha256 === file.model.sha256) return intake;
  throw new TesseraError('bad-project', `${intake.path} is no longer the model that this run explains.`, {
    hint: 'Put the model back, or explain the new one.',
  });
}
