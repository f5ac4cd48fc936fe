import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { writeReport } from '../../core/pipeline/write-report.ts';
import { loadRun, openProject, type Project } from '../../core/project/project-folder.ts';
import { createNodeWorkbench } from '../node-workbench.ts';
import { parseArguments } from './arguments.ts';
import { progressPrinter } from './progress.ts';

/** The newest run that has an explanation; a newer one may have been stopped or have found no images. */
async function newestFinishedRun(project: Project): Promise<string> {
  for (const id of project.file.runs.toReversed()) {
    const { explanation } = await loadRun(project, id);
    if (explanation !== undefined) return id;
  }
  const { folder, file } = project;
  const found = file.runs.length === 0 ? 'no run' : `${file.runs.length} runs, none of them finished`;
  throw new TesseraError('bad-project', `${folder} has ${found}; there is nothing to report.`, {
    hint: 'Run tessera explain first; after an interruption the same command continues.',
  });
}

/** `report PROJECT`: writes the report of a run, the newest unless one is named. */
export async function report(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, { run: { type: 'string' }, out: { type: 'string' } });
  const [folder, ...more] = args.positionals;
  if (folder === undefined || more.length > 0) {
    throw new TesseraError('bad-usage', `report takes one project folder, got ${args.positionals.length}.`, {
      hint: 'Give the folder that tessera explain wrote; its name ends in .tessera.',
    });
  }
  const workbench = createNodeWorkbench();
  const project = await openProject(workbench.storage, folder);
  const run = args.text('run') ?? (await newestFinishedRun(project));
  const file = args.text('out') ?? path.join(folder, 'report.html');
  console.log(await writeReport(workbench, project, run, file, progressPrinter(process.stderr)));
}
