import { conceptTree, flatTree } from '../../../core/concepts/recursion/concept-tree.ts';
import { TesseraError } from '../../../core/errors.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { freeName } from '../../../core/pipeline/own-concept/check-name.ts';
import { OWN_ID } from '../../../core/project/own-definitions-file.ts';
import type { ConceptEdit } from '../../api/contract.ts';
import { changeProject } from '../../../core/project/change-lock.ts';
import { changedNotes } from '../../../core/project/changed-notes.ts';
import { loadEvaluation } from '../../../core/project/evaluation-file.ts';
import { loadMerged } from '../../../core/project/merged-file.ts';
import type { EditedRun, RunQuestion } from '../protocol.ts';
import { runStamp } from '../run-stamp.ts';
import { editedNotes, groupsMadeBy } from './edited-notes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';
import { resultView } from './result-view.ts';
import { treeView } from './tree-view.ts';
import { type NotesFile, loadNotes, saveNotes } from '../../../core/project/run-notes.ts';

/** Concepts as the run found them, and the parts of them that are not taken out of sight. */
export function editableIds({ run, own, pendingOwn }: OpenedRun, { joined }: NotesFile): string[] {
  return [
    ...flatTree(conceptTree(run.explanation, joined)).map(({ concept }) => concept.id),
    ...[...own, ...pendingOwn].map(({ concept }) => concept.id),
  ];
}

/** An own concept is told from others by its name; without one it has that which it was made with. */
function requireFreeName({ run, own, pendingOwn }: OpenedRun, { names }: NotesFile, edit: ConceptEdit): void {
  if (edit.kind !== 'rename' || edit.name.trim() === '' || !OWN_ID.test(edit.concept)) return;
  const others = [...own, ...pendingOwn]
    .map(({ concept }) => concept)
    .filter(({ id }) => id !== edit.concept);
  freeName(edit.name, run.explanation, others, names);
}

async function requireComputed({ project, run }: OpenedRun, group: readonly string[]): Promise<void> {
  if ((await loadMerged(project, run, group)) !== undefined) return;
  throw new TesseraError('bad-usage', 'These concepts have not been computed together yet.', {
    hint: 'What was merged has changed meanwhile: merge them again.',
  });
}

/** Jobs that change what a person made of a run's concepts, and answer with all that views show of it. */
export function editJobs(
  { storage, self }: Environment,
  openRun: OpenRun,
): Jobs<'editConcept' | 'changeNotes'> {
  const change = async (
    question: RunQuestion,
    next: (notes: NotesFile, opened: OpenedRun) => NotesFile | Promise<NotesFile>,
  ): Promise<EditedRun> => {
    const { project } = await openRun(question);
    const { before, after, isSame } = await changeProject(project, self, async () => {
      const present = await loadNotes(project, question.runId);
      // Parts may have been written since: the edit is checked against the run as it now is.
      const changed = await next(present, await openRun(question));
      await saveNotes(project, question.runId, changed);
      return { before: present, after: changed, isSame: JSON.stringify(present) === JSON.stringify(changed) };
    });
    // Taken before the files are read: what is written meanwhile makes it another one.
    const stamp = await runStamp(storage, question);
    const opened = await openRun(question);
    const notes = await loadNotes(project, question.runId);
    const evaluation = await loadEvaluation(project, question.runId);
    return {
      before,
      after,
      isSame,
      stamp,
      result: resultView(question, opened, notes, evaluation),
      tree: treeView(question, opened, notes),
    };
  };
  return {
    editConcept: ({ edit, ...question }) =>
      change(question, async (notes, opened) => {
        const known = editableIds(opened, notes);
        requireFreeName(opened, notes, edit);
        for (const group of groupsMadeBy(notes, edit, known)) await requireComputed(opened, group);
        return editedNotes(notes, edit, known);
      }),
    // The name of the run has its own way back.
    changeNotes: ({ from, to, ...question }) =>
      change(question, (present) => changedNotes(present, { from, to })),
  };
}
