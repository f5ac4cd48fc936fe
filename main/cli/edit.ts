import { EDIT_WAYS, USUAL_WAY, type EditWay } from '../../core/editing/concept-edit.ts';
import type { EditedConcept, EditProof } from '../../core/editing/edit-proof.ts';
import { rowOfId } from '../../core/concepts/recursion/concept-tree.ts';
import { TesseraError } from '../../core/errors.ts';
import { parsePreprocessing } from '../../core/images/preprocessing.ts';
import { loadModelFile } from '../../core/onnx/load-model.ts';
import { editRun, type EditQuestion, type EditScope } from '../../core/pipeline/editing/edit-run.ts';
import { heldOutImages, openEdit } from '../../core/pipeline/editing/open-edit.ts';
import { writeEditPage } from '../../core/pipeline/editing/write-edit-page.ts';
import { editTarget, writeEdited } from '../../core/pipeline/editing/write-edited.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { ConceptItem } from '../api/contract.ts';
import { createJobs } from '../compute/jobs/all-jobs.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { conceptAndFactor, conceptNamed, findConcept } from './concept-factors.ts';
import { editFacts, editText } from './edit-output.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { progressPrinter } from './progress.ts';
import { tellInputs } from './tell-inputs.ts';

const TABLE: OptionTable = {
  ...optionTable(['images']),
  run: { type: 'string' },
  remove: { type: 'string', multiple: true, takes: 'a concept, or several with commas between them' },
  scale: { type: 'string', multiple: true, takes: 'CONCEPT=FACTOR' },
  how: { type: 'string', takes: Object.keys(EDIT_WAYS).join(', ') },
  above: { type: 'string', takes: 'a share of the largest amount, from 0 to 1' },
  out: { type: 'string', takes: 'a file to write, NAME.onnx' },
  report: { type: 'string', takes: 'a file to write' },
  json: { type: 'boolean' },
};

/** `edit PROJECT --remove CONCEPT --out FILE`: the model without a concept, as a file, and the proof of what that does. */
export async function editCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { folder, out } = readPlaces(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  const run = await loadRun(project, runId);
  const { scope, own } = await openEdit(environment, project, run);
  await tellInputs(project, runId);
  const target = await editTarget(storage, await loadModelFile(storage, project.file.model.path), out);
  const work = { signal, onProgress: progressPrinter(process.stderr) };
  const view = await createJobs({}).readResult(
    { folder, runId, key: '' },
    { ...work, onNews: () => undefined },
  );
  const folders = readOption(args, 'images');
  const heldOut = folders && (await heldOutImages(storage, folders, own));
  const question: EditQuestion = {
    ...readEdit(args, view.concepts, scope.arrays.conceptBank.rows),
    sets: heldOut === undefined ? [own] : [own, heldOut],
  };
  const { bytes, proof } = await editRun(scope, question, work);
  await writeEdited(storage, target, bytes);
  const page = args.text('report');
  const report = page === undefined ? undefined : await reportOf({ proof, file: target.path }, page, scope);
  const facts = editFacts(target.path, proof, report);
  console.log(args.flag('json') ? JSON.stringify(facts, null, 2) : shownName(editText(facts)));
}

function reportOf(
  made: { readonly proof: EditProof; readonly file: string },
  page: string,
  { environment, project, run }: EditScope,
): Promise<string> {
  const preprocessing = parsePreprocessing(run.given?.preprocessing ?? project.file.preprocessing);
  return writeEditPage(environment, { ...made, preprocessing }, page);
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

/** Concepts with factors, and how they are changed. */
function readEdit(
  args: ParsedArguments,
  concepts: readonly ConceptItem[],
  r: number,
): Pick<EditQuestion, 'how' | 'factors' | 'concepts' | 'above'> {
  const asked = new Map<ConceptItem, number>();
  for (const text of args.texts('remove')) for (const one of removed(text, concepts)) asked.set(one, 0);
  for (const text of args.texts('scale')) {
    const [name, factor] = conceptAndFactor(text);
    asked.set(conceptNamed(name, concepts), factor);
  }
  if (asked.size === 0) {
    throw new TesseraError('bad-usage', 'Nothing was said that the edit changes.', {
      hint: `Name concepts: --remove "${concepts[0].name}", or --scale "${concepts[0].name}=0.5".`,
    });
  }
  const factors = Array.from({ length: r }, () => 1);
  for (const [{ id, group }, factor] of asked)
    for (const member of group.length > 0 ? group.map((one) => one.id) : [id])
      factors[rowOfId(member)] = factor;
  const above = readShare(args);
  return {
    how: readWay(args, above),
    factors,
    concepts: [...asked].map(([{ id, name }, factor]): EditedConcept => ({ id, name, factor })),
    ...(above !== undefined && { above }),
  };
}

/** One concept whose name may hold commas, or several with commas between them. */
function removed(text: string, concepts: readonly ConceptItem[]): ConceptItem[] {
  const whole = findConcept(text.trim(), concepts);
  if (whole !== undefined) return [whole];
  return text.split(',').map((name) => conceptNamed(name.trim(), concepts));
}

function readWay(args: ParsedArguments, above: number | undefined): EditWay {
  const said = args.text('how');
  if (said === undefined) return above === undefined ? USUAL_WAY : 'remove';
  if (Object.hasOwn(EDIT_WAYS, said)) return said as EditWay;
  throw new TesseraError('bad-usage', `--how takes ${Object.keys(EDIT_WAYS).join(', ')}, got "${said}".`, {
    hint: Object.entries(EDIT_WAYS)
      .map(([name, words]) => `${name}: ${words.toLowerCase()}`)
      .join('. '),
  });
}

function readShare(args: ParsedArguments): number | undefined {
  const said = args.text('above');
  if (said === undefined) return undefined;
  const share = Number(said);
  if (said.trim() !== '' && share >= 0 && share < 1) return share;
  throw new TesseraError('bad-usage', `--above takes a number from 0 to below 1, got "${said}".`, {
    hint: '0.2 leaves amounts alone up to a fifth of the largest that the run found.',
  });
}
