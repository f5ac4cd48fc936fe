import { loadComparedRun } from '../../../core/pipeline/compared-run.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { marksStamp, openProjectMarks, rememberMarks } from '../../../core/pipeline/project-marks.ts';
import { readMarks } from '../../../core/pipeline/read-marks.ts';
import { runObjects } from '../../../core/pipeline/run-objects.ts';
import { TesseraError } from '../../../core/errors.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { matchMarks } from '../../../core/tables/objects/match-marks.ts';
import type { MarkedPicture } from '../../../core/tables/objects/marked-picture.ts';
import { markedSentence, marksSentences } from '../../../core/wording/object-words.ts';
import { shownName } from '../../../core/wording/shown-name.ts';
import type { RunObjects } from '../../api/contract.ts';
import { runStamp } from '../run-stamp.ts';
import type { Jobs } from './job-context.ts';
import { createKeptAnswers } from './kept-answers.ts';

const KEPT = 3;

/** Jobs about boxes and masks in pictures, and how much of the concepts of runs lies in them. */
export function markJobs({
  storage,
  self,
}: Environment): Jobs<'readMarks' | 'rememberMarks' | 'readObjects'> {
  const kept = createKeptAnswers<RunObjects>(KEPT);
  return {
    async readMarks({ path, images }) {
      const { file, pictures, unread } = await readMarks(storage, path);
      const { found, ...left } = matchMarks(pictures, images);
      const marked = [...found.values()].filter(({ objects }) => objects.length > 0);
      if (marked.length === 0) throw noneMarked(file, pictures, images[0]?.path);
      const objects = marked.reduce((sum, one) => sum + one.objects.length, 0);
      return {
        path,
        fileName: shownName(file),
        matched: markedSentence({ pictures: images.length, marked: marked.length, objects }),
        notes: marksSentences({ ...left, unread }).map(shownName),
        kinds: kindsOf(marked),
      };
    },
    async rememberMarks({ folder, path }) {
      await rememberMarks(await openProject(storage, folder), self, path);
      return null;
    },
    async readObjects(question) {
      const project = await openProject(storage, question.folder);
      if (project.file.marks === undefined) return null;
      const stamps = [await marksStamp(project), await runStamp(storage, question)];
      return kept(JSON.stringify([question, stamps]), async () => {
        const run = await loadComparedRun(project, question.runId);
        return runObjects(run, (await openProjectMarks(project))!);
      });
    },
  };
}

function noneMarked(file: string, pictures: readonly MarkedPicture[], image = ''): TesseraError {
  const named = pictures[0]?.file;
  return new TesseraError('bad-table', `No object in ${file} is in any of the images.`, {
    hint:
      named === undefined
        ? 'It names no pictures.'
        : `It names pictures as "${named}", the images are named as "${image.split(/[\\/]/).slice(-2).join('/')}".`,
  });
}

function kindsOf(marked: readonly MarkedPicture[]): { readonly name: string; readonly images: number }[] {
  const counts = new Map<string, number>();
  for (const { objects } of marked)
    for (const name of new Set(objects.map((object) => object.name)))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, images]) => ({ name: shownName(name), images }))
    .sort((a, b) => b.images - a.images);
}
