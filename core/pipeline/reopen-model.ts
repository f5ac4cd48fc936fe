import { parsePreprocessing } from '../images/preprocessing.ts';
import type { Project } from '../project/project-folder.ts';
import type { ProjectFile, RunFile } from '../project/schema.ts';
import { scoreOfRecord } from '../score/score-record.ts';
import { scoreOf } from '../score/score.ts';
import { withScore, type ScoredModel } from './scored-model.ts';
import type { IntakeOptions, ModelIntake } from './model-intake.ts';

/** The class names that a project holds, for when their file is gone; none in a project of numbers. */
export function keptLabelsOf({
  labels: { source, names },
}: Pick<ProjectFile, 'labels'>): Pick<IntakeOptions, 'keptLabels'> {
  return names === undefined ? {} : { keptLabels: { source, names } };
}

/**
 * The model that a run explains, opened again as the run had it, whatever the card beside it says today. A run of before
 * its preprocessing was recorded takes that of its project if it is the newest, else it is found as then.
 *
 * Rejects with 'bad-project' when another model is now in its place, and as `open`.
 */
export async function reopenModel(
  open: (path: string, options: IntakeOptions) => Promise<ModelIntake>,
  { file }: Project,
  { id, given, options, explanation }: RunFile,
): Promise<ScoredModel> {
  const { labels, labelShift, preprocessing, alpha } = options;
  const known = given?.preprocessing ?? (file.runs.at(-1) === id ? file.preprocessing : undefined);
  const names = file.labels.names;
  const record = explanation?.score;
  const intake = await open(file.model.path, {
    ...(labels !== undefined && { labels }),
    ...(labelShift !== undefined && { labelShift }),
    ...(preprocessing !== undefined && { preprocessing }),
    ...(alpha !== undefined && { alpha }),
    recorded: {
      sha256: file.model.sha256,
      ...(given?.modelData !== undefined && { dataSha256: given.modelData }),
      ...(known !== undefined && { preprocessing: parsePreprocessing(known) }),
      ...(names !== undefined && { names }),
      ...(record !== undefined && { scores: record.model }),
    },
  });
  const score =
    record === undefined
      ? scoreOf(intake.scores, { kind: 'class', index: explanation?.classIndex ?? 0 })
      : scoreOfRecord(record);
  return withScore(intake, score);
}
