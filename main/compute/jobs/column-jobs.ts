import type { Environment } from '../../../core/pipeline/environment.ts';
import { openProjectTable, openTableFile, rememberTable } from '../../../core/pipeline/project-table.ts';
import { loadForColumns, picturesOf, runColumns } from '../../../core/pipeline/run-columns.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { runStamp } from '../run-stamp.ts';
import type { RunColumns } from '../../api/contract.ts';
import { matchedSentence, tableSentences } from '../../../core/wording/table-words.ts';
import { shownName } from '../../../core/wording/shown-name.ts';
import { createKeptAnswers } from './kept-answers.ts';
import type { Jobs } from './job-context.ts';

const KEPT = 3;

/** Jobs about tables of pictures, and what their columns have to do with runs. */
export function columnJobs({
  storage,
  self,
}: Environment): Jobs<'readTable' | 'rememberTable' | 'readColumns'> {
  const kept = createKeptAnswers<RunColumns>(KEPT);
  return {
    async readTable({ path, images }) {
      const { table } = await openTableFile(storage, path, images);
      return {
        path,
        fileName: shownName(table.file),
        matched: matchedSentence(table),
        notes: tableSentences(table).map(shownName),
        columns: table.columns.map(({ name, kind, notice }) => ({
          ...{ name: shownName(name), kind },
          ...(notice !== undefined && { notice }),
        })),
      };
    },
    async rememberTable({ folder, path }) {
      await rememberTable(await openProject(storage, folder), self, path);
      return null;
    },
    async readColumns(question) {
      const project = await openProject(storage, question.folder);
      const { table } = project.file;
      if (table === undefined) return null;
      const there = (await storage.exists(table.path)) ? await storage.stat(table.path) : undefined;
      const key = JSON.stringify([question, table, there, await runStamp(storage, question)]);
      return kept(key, async () => {
        const run = await loadForColumns(project, question.runId);
        const opened = await openProjectTable(project, picturesOf(run));
        return runColumns(run, opened!.table);
      });
    },
  };
}
