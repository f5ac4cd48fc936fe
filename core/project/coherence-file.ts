import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import { CHECK_SETS, type CheckAnswer, type CheckSize } from '../study/coherence-check.ts';
import { changeProject } from './change-lock.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { ProcessIdentity } from './lock-file.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';

const FILE = 'coherence.json';

/** `runs/ID/coherence.json`: what the analyst answered when asked which of five crops is of another concept. */
const COHERENCE_FILE = z.object({
  schemaVersion: VERSION,
  answers: z.array(
    z.object({
      number: z.int().positive(),
      size: z.enum(Object.keys(CHECK_SETS) as [CheckSize, ...CheckSize[]]),
      set: z.int().nonnegative(),
      concept: z.string(),
      isFound: z.boolean(),
    }),
  ),
});
COHERENCE_FILE.shape.answers satisfies z.ZodType<CheckAnswer[]>;

/** All answers of a run, in the order in which they were given. A damaged file counts as none: people answer again. */
export async function loadCheckAnswers(project: Project, id: string): Promise<readonly CheckAnswer[]> {
  requireRun(project, id);
  const path = runPath(project, id, FILE);
  if (!(await project.storage.exists(path))) return [];
  try {
    return (await readJsonFile(project.storage, path, COHERENCE_FILE)).answers;
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-project') return [];
    throw error;
  }
}

/** Keeps an answer, and returns all; a set that was answered before keeps its answer. */
export function addCheckAnswer(
  project: Project,
  self: ProcessIdentity,
  id: string,
  answer: CheckAnswer,
): Promise<readonly CheckAnswer[]> {
  return changeProject(project, self, async () => {
    const answers = await loadCheckAnswers(project, id);
    const isKnown = answers.some(
      ({ number, size, set }) => number === answer.number && size === answer.size && set === answer.set,
    );
    if (isKnown) return answers;
    const all = [...answers, answer];
    const content = { schemaVersion: SCHEMA_VERSION, answers: all };
    await writeJsonFile(project.storage, runPath(project, id, FILE), COHERENCE_FILE, content);
    return all;
  });
}
