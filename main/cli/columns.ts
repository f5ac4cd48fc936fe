import { TesseraError } from '../../core/errors.ts';
import { openProjectTable, openTableFile, rememberTable } from '../../core/pipeline/project-table.ts';
import { openProjectMarks, rememberMarks } from '../../core/pipeline/project-marks.ts';
import { readMarks } from '../../core/pipeline/read-marks.ts';
import { runObjects } from '../../core/pipeline/run-objects.ts';
import { loadForColumns, picturesOf, runColumns } from '../../core/pipeline/run-columns.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type ParsedArguments } from './arguments.ts';
import { columnRows, columnsFacts, columnsText, objectsText } from './columns-output.ts';
import { newestFinishedRun } from './newest-run.ts';
import { writeCsv } from './write-csv.ts';

/**
 * `columns PROJECT --table FILE`: what the columns of a table have to do with the concepts of a finished run, and in which
 * of their values the model is wrong more often; how much of each concept lies in marked objects. The project remembers the
 * table and the marks.
 */
export async function columnsCommand(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, {
    table: { type: 'string', takes: 'a CSV, TSV or JSON file' },
    objects: { type: 'string', takes: 'a COCO file or a folder of Pascal VOC annotations' },
    run: { type: 'string' },
    csv: { type: 'string' },
    json: { type: 'boolean' },
  });
  const { storage, self } = createNodeEnvironment();
  const folder = folderOf(args);
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  const run = await loadForColumns(project, runId);
  const file = args.text('table');
  const pictures = picturesOf(run);
  const opened =
    file === undefined
      ? await openProjectTable(project, pictures)
      : { ...(await openTableFile(storage, file, pictures)), isChanged: false };
  const given = args.text('objects');
  const marks = given === undefined ? await openProjectMarks(project) : await readMarks(storage, given);
  const objects = marks && { ...runObjects(run.loaded, marks), unread: marks.unread };
  if (opened === undefined && objects === undefined)
    throw new TesseraError('bad-usage', `${folder} has no table yet.`, {
      hint: 'Give one: tessera columns model.tessera --table photos.csv',
    });
  if (file !== undefined) await rememberTable(project, self, file);
  if (given !== undefined) await rememberMarks(project, self, given);
  if (opened?.isChanged === true)
    console.error(`${opened.table.file} has changed since the project was given it.`);
  const facts = opened && columnsFacts({ project: folder, run: runId }, runColumns(run, opened.table));
  const csv = args.text('csv');
  if (csv !== undefined && facts !== undefined) await writeCsv(csv, columnRows(facts));
  if (args.flag('json')) {
    const named = facts ?? { project: folder, run: runId };
    console.log(JSON.stringify({ ...named, ...(objects && { objects }) }, null, 2));
    return;
  }
  const texts = [...(facts ? [columnsText(facts)] : []), ...(objects ? [objectsText(objects)] : [])];
  console.log(shownName(texts.join('\n\n')));
}

function folderOf({ positionals }: ParsedArguments): string {
  const [folder, ...more] = positionals;
  if (folder !== undefined && more.length === 0) return folder;
  throw new TesseraError('bad-usage', `columns takes one project folder, got ${positionals.length}.`, {
    hint: 'tessera columns model.tessera --table photos.csv',
  });
}
