import { changeOf, type EditRecord } from '../../editing/edit-record.ts';
import {
  restingNotices,
  type EditProof,
  type EditedConcept,
  type ProofSet,
} from '../../editing/edit-proof.ts';
import { chooseSteps } from '../../editing/step-choice.ts';
import type { ConceptEdit } from '../../editing/concept-edit.ts';
import { editModel, outputsAfter, type EditedModel } from '../../editing/edit-model.ts';
import { TesseraError } from '../../errors.ts';
import { loadModelFile, type ModelFile } from '../../onnx/load-model.ts';
import type { OnProgress } from '../../platform.ts';
import type { Project } from '../../project/project-folder.ts';
import type { RunFile } from '../../project/schema.ts';
import { inexactText, LIKELIEST_LABEL } from '../../wording/edit-words.ts';
import { readBatch } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import type { Environment, OpenedDevice } from '../environment.ts';
import { checkEdited, type EditCheck } from './check-edited.ts';
import { timeBoth } from './edit-time.ts';
import { onlyClassOf, type OnlyClass } from './only-class.ts';
import { openEdited, openOriginal, type OpenedModel } from './open-edited.ts';
import { readSides } from './picture-sides.ts';
import { checkedImages, planEdit, rowsIn, type AskedEdit, type EditedRun } from './plan-edit.ts';
import { classNames, proveOn, type ProofImages } from './prove-edit.ts';

/** A finished run whose model is edited, on a device. */
export interface EditScope {
  readonly environment: Environment;
  /** The processor: files are checked and timed on it. */
  readonly device: OpenedDevice;
  readonly project: Project;
  readonly run: RunFile;
  readonly arrays: EditedRun;
}

/** What is asked, as a person said it. */
export interface EditQuestion extends AskedEdit {
  readonly concepts: readonly EditedConcept[];
  /** The only class whose score is edited, as `findClass` takes it; absent for all. */
  readonly onlyClass?: string;
  /** Columns of the project's table and marked objects by which images are told apart, see `readSides`. @default none */
  readonly by?: readonly string[];
  /** On which images the edit is judged; the run's first. */
  readonly sets: readonly ProofImages[];
}

/** An edited file that is not written yet, and what it does. */
export interface ProvenEdit {
  readonly file: ModelFile;
  readonly bytes: Uint8Array;
  readonly proof: EditProof;
}

/** Images on which steps are chosen and the file is checked. */
const CHECKED = 24;
/** How near raw scores come to those of exact amounts, and the errors of amounts that are tried for it in turn. */
const NEAR = 1e-4;
const TOLERANCES = [1e-3, 1e-4, 1e-5, 1e-6];
/** Farther than this from exact amounts is told. */
const FAR = 1e-3;

interface Work {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Makes an edited model file of a finished run and proves it: what it fixes and breaks on the run's images and on others,
 * how near it is to exact amounts, how long it takes. Nothing is written.
 *
 * Throws as `readSides`, `planEdit`, `editModel`, `onlyClassOf` and `reopenModel`; TesseraError 'bad-model' where the file with the edit does not run;
 * the signal's reason when aborted.
 */
export async function editRun(
  scope: EditScope,
  question: EditQuestion,
  work: Work = {},
): Promise<ProvenEdit> {
  const { environment, device, project, run, arrays } = scope;
  const { storage } = environment;
  const { sides, notices } = await readSides(project, question.sets, question.by ?? []);
  const original = await openOriginal(storage, project, run);
  const scored = { environment, device, intake: original.scored };
  const only = question.onlyClass === undefined ? undefined : onlyClassOf(original.raw, question.onlyClass);
  const { edit, without } = await planEdit(scored, arrays, question, work);
  const file = await loadModelFile(storage, project.file.model.path);
  const made = await makeEdit(scope, file, original, { edit, only }, recordOf(scope, question, edit, only));
  const models = { original: original.raw, edited: made.opened.raw };
  const sets: ProofSet[] = [];
  for (const images of question.sets)
    sets.push(await proveOn({ environment, device }, models, images, sides, work));
  const { layer, className } = arrays.explanation;
  const { bytes, nodes, isInlined } = made.edited;
  const proof: EditProof = {
    model: { path: project.file.model.path, sha256: project.file.model.sha256 },
    edited: { sha256: storage.sha256(bytes), bytes: bytes.length, nodes, isInlined },
    run: { id: run.id, project: project.folder, className },
    layer: layer.tensor,
    how: question.how,
    concepts: question.concepts,
    ...(question.above !== undefined && { above: question.above }),
    ...(only && { onlyClass: only.name }),
    ...(without && { without }),
    classes: classNames(original.raw),
    sets,
    check: { ...made.check, steps: made.steps },
    time: await timeOf(scope, models),
    notices: [
      ...notices,
      ...(original.raw.scores.task === 'multilabel' ? [LIKELIEST_LABEL] : []),
      ...(made.check.largest > FAR ? [inexactText(made.check.largest)] : []),
      ...restingNotices(sets, { explained: className, isAlone: only !== undefined }),
    ],
    alsoChanged: outputsAfter(file.model, only?.scores ?? layer.tensor).filter(
      (name) => name !== original.raw.scores.output,
    ),
  };
  return { file, bytes, proof };
}

function recordOf(
  { environment, project, run, arrays }: EditScope,
  { how, concepts, above }: EditQuestion,
  edit: ConceptEdit,
  only: OnlyClass | undefined,
): EditRecord {
  return {
    tessera: environment.versions['tessera'] ?? 'unknown',
    model: project.file.model.sha256,
    run: run.id,
    class: arrays.explanation.className,
    layer: arrays.explanation.layer.tensor,
    how,
    concepts,
    ...(above !== undefined && { above }),
    ...(only && { onlyClass: only.name }),
    ...changeOf(edit),
  };
}

interface MadeEdit {
  readonly edited: EditedModel;
  readonly opened: OpenedModel;
  readonly check: EditCheck;
  readonly steps: number;
}

/** The edited file, with as many steps as bring its scores near to those of exact amounts. */
async function makeEdit(
  scope: EditScope,
  file: ModelFile,
  original: OpenedModel,
  { edit, only }: { readonly edit: ConceptEdit; readonly only: OnlyClass | undefined },
  record: EditRecord,
): Promise<MadeEdit> {
  const { environment, device, project, run, arrays } = scope;
  const { layer } = arrays.explanation;
  const own = { environment, device, original: original.raw };
  const some = checkedImages(arrays, CHECKED);
  const isUnrolled = edit.how !== 'project';
  const rows = isUnrolled
    ? await rowsIn({ environment, device, intake: original.scored }, arrays, some)
    : undefined;
  let made: MadeEdit | undefined;
  for (const tolerance of TOLERANCES) {
    const steps = rows === undefined ? 0 : (await chooseSteps(rows, edit.bank, { tolerance })).steps;
    if (made !== undefined && steps === made.steps) continue;
    const edited = editModel({
      ...{ bytes: file.bytes, model: file.model, layer, edit, steps },
      inputDims: original.raw.inputDims,
      ...(only && { only }),
      record: JSON.stringify({ ...record, steps }),
    });
    const opened = await openEdited(environment.storage, project, run, edited.bytes);
    await requireRuns(scope, file, edited.bytes);
    const exact = { layer, edit, ...(only && { column: only.column }) };
    made = { edited, opened, steps, check: await checkEdited(own, opened.raw, exact, some) };
    if (made.check.largest <= NEAR || !isUnrolled) break;
  }
  return made!;
}

/** The runtime reads the file itself, as its users will; where weights lie beside it, only the model made of both is run. */
async function requireRuns(
  { device, project }: EditScope,
  { locations }: ModelFile,
  bytes: Uint8Array,
): Promise<void> {
  if (locations.length > 0) return;
  try {
    await (await device.sessions.open(bytes)).dispose();
  } catch (cause) {
    throw new TesseraError(
      'bad-model',
      `${project.file.model.path} with the edit is not taken by ONNX Runtime: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: 'The original is as it was and nothing was written. Explain the model at another layer.',
        cause,
      },
    );
  }
}

async function timeOf(
  { environment, device, arrays }: EditScope,
  { original, edited }: { readonly original: OpenedModel['raw']; readonly edited: OpenedModel['raw'] },
): Promise<EditProof['time']> {
  const first: readonly FileFact[] = arrays.explained.slice(0, 1);
  const { input } = await readBatch(environment.codec, first, original.preprocessing.preprocessing);
  if (input === undefined) return { before: 0, after: 0 };
  return timeBoth(device.sessions, { before: original.model, after: edited.model }, input);
}
