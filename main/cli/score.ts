import { TesseraError } from '../../core/errors.ts';
import { scanImages } from '../../core/images/folder-scan.ts';
import { scoreRun } from '../../core/pipeline/score-run.ts';
import { scoreTable } from '../../core/pipeline/score-table.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { completeRuns } from './complete-runs.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';
import { scoreFacts, scoreText } from './score-output.ts';
import { tellInputs } from './tell-inputs.ts';
import { writeCsv } from './write-csv.ts';

const TABLE: OptionTable = {
  ...optionTable(['images', 'device']),
  run: { type: 'string' },
  csv: { type: 'string' },
  json: { type: 'boolean' },
};

/** `score PROJECT --images DIR…`: what the concepts of a finished run are in new images, and whether that drifts. */
export async function score(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { folder, roots, device: choice } = readQuestion(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  await tellInputs(project, runId);
  await completeRuns(environment, project, [runId], { hasOwn: true, signal });
  const run = await loadRun(project, runId);
  const scan = await scanImages(storage, roots);
  const scope = await runModel(environment, project, run, choice);
  const scored = await scoreRun(scope, { project, run }, scan.images, {
    onProgress: progressPrinter(process.stderr),
    signal,
  });
  const subject = { project: folder, run: runId, className: run.explanation!.className };
  const facts = scoreFacts(subject, { ...scored, skipped: [...scan.skipped, ...scored.skipped] });
  const csv = args.text('csv');
  if (csv !== undefined) await writeCsv(csv, scoreTable(scored));
  if (args.flag('json')) console.log(JSON.stringify(facts, null, 2));
  else console.log(shownName(scoreText(facts, { listsAll: csv === undefined })));
}

function readQuestion(args: ParsedArguments) {
  const [folder, ...more] = args.positionals;
  const roots = readOption(args, 'images');
  if (folder === undefined || more.length > 0 || roots === undefined) {
    throw new TesseraError(
      'bad-usage',
      'score takes one project folder, and folders of images by --images.',
      {
        hint: 'tessera score model.tessera --images new-photos',
      },
    );
  }
  return { folder, roots, device: readOption(args, 'device') ?? 'auto' };
}
