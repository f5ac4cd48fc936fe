import { parsePreprocessing, type Preprocessing } from '../images/preprocessing.ts';
import type { Project } from '../project/project-folder.ts';
import type { RunFile } from '../project/schema.ts';

/** How a run made its pictures ready; of a run that did not record it, as its project does now. */
export function runPreprocessing(
  { file }: Pick<Project, 'file'>,
  { given }: Pick<RunFile, 'given'>,
): Preprocessing {
  return parsePreprocessing(given?.preprocessing ?? file.preprocessing);
}
