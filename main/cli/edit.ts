import { editFacts } from '../../core/editing/edit-facts.ts';
import { TesseraError } from '../../core/errors.ts';
import { loadModelFile } from '../../core/onnx/load-model.ts';
import { editRun } from '../../core/pipeline/editing/edit-run.ts';
import { openEdit } from '../../core/pipeline/editing/open-edit.ts';
import { writeEditPage } from '../../core/pipeline/editing/write-edit-page.ts';
import { editTarget, writeEdited } from '../../core/pipeline/editing/write-edited.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { costsCommand } from './concept-costs.ts';
import { EDIT_OPTIONS, readEditQuestion } from './edit-arguments.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { editText, nextText } from './edit-output.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable } from './option-arguments.ts';
import { pageArgument } from './page-argument.ts';
import { progressPrinter } from './progress.ts';
import { searchCommand } from './search-edit.ts';
import { tellInputs } from './tell-inputs.ts';
import { runPreprocessing } from '../../core/pipeline/run-preprocessing.ts';

const TABLE: OptionTable = {
  ...optionTable(['images']),
  run: { type: 'string' },
  ...EDIT_OPTIONS,
  out: { type: 'string', takes: 'a file to write, NAME.onnx' },
  report: { type: 'string', takes: 'a file to write' },
  json: { type: 'boolean' },
};

/** `edit PROJECT --remove CONCEPT --out FILE`: the model without a concept, as a file, and the proof of what that does. */
export async function editCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  if (argv.includes('--costs')) return costsCommand(argv, signal);
  if (argv.includes('--search')) return searchCommand(argv, signal);
  const args = parseArguments(argv, TABLE);
  const { folder, out } = readPlaces(args);
  const page = pageArgument(args, 'report');
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  const run = await loadRun(project, runId);
  const opened = await openEdit(environment, project, run);
  const { scope } = opened;
  await tellInputs(project, runId);
  const target = await editTarget(storage, await loadModelFile(storage, project.file.model.path), out);
  const work = { signal, onProgress: progressPrinter(process.stderr) };
  const question = await readEditQuestion(args, opened, work);
  const { bytes, proof } = await editRun(scope, question, work);
  for (const notice of proof.notices) console.error(notice);
  await writeEdited(storage, target, bytes);
  const preprocessing = runPreprocessing(project, run);
  const made = { proof, file: target.path, preprocessing };
  const report = page === undefined ? undefined : await writeEditPage(environment, made, page);
  const facts = editFacts(target.path, proof, report);
  if (args.flag('json')) console.log(JSON.stringify(facts, null, 2));
  else console.log(shownName([editText(facts), ...nextText(facts)].join('\n')));
}

function readPlaces(args: ParsedArguments) {
  const [folder, ...more] = args.positionals;
  const out = args.text('out');
  if (folder === undefined || more.length > 0 || out === undefined) {
    throw new TesseraError('bad-usage', 'edit takes one project folder, and a file to write to by --out.', {
      hint: 'tessera edit model.tessera --remove "Concept 1" --out fixed.onnx',
    });
  }
  return { folder, out };
}
