import { LRUCache } from 'lru-cache';
import { TesseraError } from '../../core/errors.ts';
import type { Storage } from '../../core/platform.ts';
import { createQueue } from '../../core/queue.ts';
import type { ConceptEdit, ConceptTree, ProjectKey, RunKey, RunResult } from '../api/contract.ts';
import type { ComputeClient, JobOptions } from '../compute/client.ts';
import type { EditedRun, ProjectQuestion, RunQuestion } from '../compute/protocol.ts';
import { runStamp } from '../compute/run-stamp.ts';
import { nameOfEdit } from './edit-name.ts';
import type { EventHub } from './events.ts';
import { createHistory, type History } from './history.ts';
import type { Projects } from './projects.ts';
import type { NotesChange } from '../../core/project/changed-notes.ts';

/** What runs found out, and what a person makes of it. */
export interface Results {
  /** Where a project lies; rejects with 'unknown-name' unless it is still what it was when it was opened. */
  projectOf(project: ProjectKey): Promise<ProjectQuestion>;
  /** Where a run lies; rejects with 'unknown-name' unless its project is still what it was when it was opened. */
  questionOf(run: RunKey): Promise<RunQuestion>;
  read(question: RunQuestion): Promise<RunResult>;
  readTree(question: RunQuestion): Promise<ConceptTree>;
  /** Concepts that it merges are computed together first, which takes a while. */
  edit(question: RunQuestion, edit: ConceptEdit, work?: EditWork): Promise<RunResult>;
  undo(question: RunQuestion): Promise<RunResult>;
  redo(question: RunQuestion): Promise<RunResult>;
}

/** Who hears of a long edit, and how it is stopped. */
export type EditWork = Pick<JobOptions, 'signal' | 'onProgress' | 'onWait'>;

/** What {@link createResults} needs of the workbench. */
export interface ResultServices {
  readonly storage: Storage;
  readonly projects: Pick<Projects, 'open' | 'folderOf'>;
  readonly viewer: Pick<ComputeClient, 'run'>;
  readonly events: EventHub;
}

/** Runs whose answer to the last edit is kept, and their histories. */
const KEPT_RUNS = 32;

/**
 * Every edit, undo and redo is one job, and its answer is all that views show of the run: what they read next comes
 * from there, unless a file of the run has been written since.
 */
export function createResults({ storage, projects, viewer, events }: ResultServices): Results {
  const histories = new LRUCache<string, History<NotesChange>>({ max: KEPT_RUNS });
  const edited = new LRUCache<string, EditedRun>({ max: KEPT_RUNS });

  const historyOf = (question: RunQuestion): History<NotesChange> => {
    const history = histories.get(keyOf(question)) ?? createHistory<NotesChange>();
    histories.set(keyOf(question), history);
    return history;
  };
  const withSteps = (question: RunQuestion, result: EditedRun['result']): RunResult => {
    const { undoName, redoName } = historyOf(question);
    return { ...result, undo: undoName, redo: redoName };
  };
  const stillEdited = async (question: RunQuestion): Promise<EditedRun | undefined> => {
    const kept = edited.get(keyOf(question));
    return kept?.stamp === (await runStamp(storage, question)) ? kept : undefined;
  };
  const read: Results['read'] = async (question) => {
    const kept = await stillEdited(question);
    return withSteps(question, kept?.result ?? (await viewer.run('readResult', question)));
  };

  // A step of the history starts from what the one before it has left.
  const inTurn = createQueue();
  const answered = (question: RunQuestion, answer: EditedRun): RunResult => {
    edited.set(keyOf(question), answer);
    events.emit('result', { project: question.key, runId: question.runId });
    return withSteps(question, answer.result);
  };
  const restore = (question: RunQuestion, step: 'undo' | 'redo'): Promise<RunResult> =>
    inTurn(async () => {
      const history = historyOf(question);
      const change = history.next(step);
      if (change === undefined) return read(question);
      const answer = await viewer.run('changeNotes', { ...question, ...change });
      history[step](wayBack(answer));
      return answered(question, answer);
    });

  const projectOf: Results['projectOf'] = async (project) => {
    const folder = projects.folderOf(project);
    if (folder !== undefined && (await projects.open(folder)).key === project)
      return { folder, key: project };
    throw new TesseraError('unknown-name', 'The project is not what it was when it was opened.', {
      hint: 'Open it in the library again.',
    });
  };

  return {
    projectOf,
    questionOf: async ({ project, runId }) => ({ ...(await projectOf(project)), runId }),
    read,
    readTree: async (question) =>
      (await stillEdited(question))?.tree ?? (await viewer.run('readTree', question)),
    async edit(question, edit, work) {
      // Not in turn: names can be given meanwhile.
      if (edit.kind === 'merge' || edit.kind === 'unmerge')
        await viewer.run('computeMerge', { ...question, edit }, { ...work, isLong: true });
      return inTurn(async () => {
        const answer = await viewer.run('editConcept', { ...question, edit });
        if (!answer.isSame) historyOf(question).record(nameOfEdit(edit), wayBack(answer));
        return answered(question, answer);
      });
    },
    undo: (question) => restore(question, 'undo'),
    redo: (question) => restore(question, 'redo'),
  };
}

/** From what an edit left to what there was before it. */
function wayBack({ before, after }: EditedRun): NotesChange {
  return { from: after, to: before };
}

/** Names a run of a project: one made anew in the same folder has another key. */
function keyOf({ key, folder, runId }: RunQuestion): string {
  return [key, folder, runId].join('\n');
}
