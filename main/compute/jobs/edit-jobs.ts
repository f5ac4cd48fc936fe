import { inputChanges } from '../../../core/pipeline/input-changes.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { changeProject } from '../../../core/project/change-lock.ts';
import { loadEvaluation } from '../../../core/project/evaluation-file.ts';
import { loadNotes, saveNotes } from '../../../core/project/project-folder.ts';
import type { NotesFile } from '../../../core/project/schema.ts';
import type { EditedRun, RunQuestion } from '../protocol.ts';
import { runStamp } from '../run-stamp.ts';
import { editedNotes } from './edited-notes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';
import { resultView } from './result-view.ts';
import { treeView } from './tree-view.ts';

/** Jobs that change what a person made of a run's concepts, and answer with all that views show of it. */
export function editJobs(
  { storage, self }: Environment,
  openRun: OpenRun,
): Jobs<'editConcept' | 'restoreNotes'> {
  const change = async (
    question: RunQuestion,
    next: (notes: NotesFile, opened: OpenedRun) => NotesFile,
  ): Promise<EditedRun> => {
    const { project } = await openRun(question);
    const before = await changeProject(project, self, async () => {
      const present = await loadNotes(project, question.runId);
      // Parts may have been written since: the edit is checked against the run as it now is.
      await saveNotes(project, question.runId, next(present, await openRun(question)));
      return present;
    });
    // Taken before the files are read: what is written meanwhile makes it another one.
    const stamp = await runStamp(storage, question);
    const opened = await openRun(question);
    const notes = await loadNotes(project, question.runId);
    const evaluation = await loadEvaluation(project, question.runId);
    return {
      before,
      stamp,
      result: resultView(question, opened, notes, evaluation, await inputChanges(project, opened.run)),
      tree: treeView(question, opened, notes),
    };
  };
  return {
    editConcept: ({ edit, ...question }) =>
      change(question, (notes, opened) => {
        const known = treeView(question, opened, notes).items.map(({ id }) => id);
        return editedNotes(notes, edit, known);
      }),
    // The name of the run has its own way back.
    restoreNotes: ({ notes, ...question }) =>
      change(question, ({ runName }) => {
        const own: { runName?: string } & NotesFile = { ...notes };
        delete own.runName;
        return runName === undefined ? own : { ...own, runName };
      }),
  };
}
