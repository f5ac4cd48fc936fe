import { TesseraError } from '../../core/errors.ts';
import { loadNotes, saveNotes } from '../../core/project/project-folder.ts';
import type { NotesFile } from '../../core/project/schema.ts';
import type { ConceptEdit, RunResult } from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { RunQuestion } from '../compute/protocol.ts';
import { editedNotes, nameOfEdit } from './edited-notes.ts';
import type { EventHub } from './events.ts';
import { createHistory, type History } from './history.ts';
import type { Projects } from './projects.ts';

/** What runs found out, and what a person makes of it. */
export interface Results {
  /** The run of the open project by its id. */
  questionOf(folder: string | null, runId: string): Promise<RunQuestion>;
  read(question: RunQuestion): Promise<RunResult>;
  edit(question: RunQuestion, edit: ConceptEdit): Promise<RunResult>;
  undo(question: RunQuestion): Promise<RunResult>;
  redo(question: RunQuestion): Promise<RunResult>;
}

export function createResults(projects: Projects, viewer: ComputeClient, events: EventHub): Results {
  const histories = new Map<string, History<NotesFile>>();
  const historyOf = ({ folder, runId }: RunQuestion): History<NotesFile> => {
    const key = `${folder}\n${runId}`;
    const history = histories.get(key) ?? createHistory<NotesFile>();
    histories.set(key, history);
    return history;
  };

  const read: Results['read'] = async (question) => {
    const { undoName, redoName } = historyOf(question);
    return { ...(await viewer.run('readResult', question)), undo: undoName, redo: redoName };
  };

  // Edits of quick succession must not both start from the same notes.
  let edits: Promise<unknown> = Promise.resolve();
  const change = (
    question: RunQuestion,
    next: (notes: NotesFile) => Promise<NotesFile | undefined>,
  ): Promise<RunResult> => {
    const task = async (): Promise<RunResult> => {
      const { project } = await projects.open(question.folder);
      const changed = await next(await loadNotes(project, question.runId));
      if (changed !== undefined) {
        await saveNotes(project, question.runId, changed);
        events.emit('result', { runId: question.runId });
      }
      return read(question);
    };
    const result = edits.then(task);
    edits = result.catch(() => undefined);
    return result;
  };

  return {
    async questionOf(folder, runId) {
      if (folder === null) {
        throw new TesseraError('bad-usage', 'No project is open.', { hint: 'Open one in the library.' });
      }
      return { folder, runId, key: (await projects.open(folder)).key };
    },
    read,
    edit: (question, edit) =>
      change(question, async (notes) => {
        const { items } = await viewer.run('readTree', question);
        const known = items.map(({ id }) => id);
        const changed = editedNotes(notes, edit, known);
        historyOf(question).record(nameOfEdit(edit), notes);
        return changed;
      }),
    undo: (question) => change(question, (notes) => Promise.resolve(historyOf(question).undo(notes))),
    redo: (question) => change(question, (notes) => Promise.resolve(historyOf(question).redo(notes))),
  };
}
