import type { EditedConcept } from '../../../core/editing/edit-proof.ts';
import { loadModelFile } from '../../../core/onnx/load-model.ts';
import { editRun, type EditQuestion, type EditScope } from '../../../core/pipeline/editing/edit-run.ts';
import { heldOutImages, openEdit } from '../../../core/pipeline/editing/open-edit.ts';
import { openOriginal } from '../../../core/pipeline/editing/open-edited.ts';
import type { EditedRun } from '../../../core/pipeline/editing/plan-edit.ts';
import type { ProofImages } from '../../../core/pipeline/editing/prove-edit.ts';
import { conceptsAt, otherCut } from '../../../core/pipeline/editing/searched-cuts.ts';
import { writeEditPage } from '../../../core/pipeline/editing/write-edit-page.ts';
import { editTarget, writeEdited } from '../../../core/pipeline/editing/write-edited.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';
import type { ConceptFactors, ModelEdit } from '../../api/contract.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';

/** Jobs that take concepts out of a model. */
export function editModelJobs(
  environment: Environment,
  openRun: OpenRun,
): Jobs<'tryEdit' | 'saveEdited' | 'writeEditPage'> {
  const { storage } = environment;
  return {
    async tryEdit({ path, folder, key, runId, ...edit }, { signal, onProgress }) {
      const opened = await openRun({ folder, key, runId });
      const { scope, own } = await openEdit(environment, opened.project, opened.run);
      const asked = await editQuestion(scope, opened, own, edit, { signal, onProgress });
      const { bytes, file, proof } = await editRun(asked.scope, asked.question, { signal, onProgress });
      await storage.writeAtomic(path, bytes);
      const placeOf = new Map(own.files.map((picture, at) => [picture.path, at]));
      const turned = proof.sets.flatMap(({ fixed, broken, otherwise }) => [
        ...fixed,
        ...broken,
        ...otherwise,
      ]);
      return {
        ...{ proof, preprocessing: opened.preprocessing, beside: file.locations },
        places: turned.map((decision) => placeOf.get(decision.file) ?? null),
      };
    },

    async saveEdited({ folder, edited, path }) {
      const { file } = await openProject(storage, folder);
      const target = await editTarget(storage, await loadModelFile(storage, file.model.path), path);
      await writeEdited(storage, target, await storage.readBytes(edited));
      return null;
    },

    async writeEditPage({ path, ...made }) {
      await writeEditPage(environment, made, path);
      return null;
    },
  };
}

/** An edit that a person asks for, and the cut and the bank where it is made. */
export interface AskedModelEdit {
  readonly scope: EditScope;
  readonly question: EditQuestion;
}

/** What a person asks of an edit, for a run. Throws TesseraError 'unknown-name', and as `heldOutImages`. */
export async function editQuestion(
  scope: EditScope,
  opened: OpenedRun,
  own: ProofImages,
  { factors, others, how, above, onlyClass, heldOut, by = [] }: ModelEdit,
  work: Pick<JobContext, 'signal' | 'onProgress'>,
): Promise<AskedModelEdit> {
  const { storage } = scope.environment;
  const sets = heldOut.length === 0 ? [own] : [own, await heldOutImages(storage, heldOut, own)];
  const about = {
    ...{ how, by, sets },
    ...(above !== undefined && { above }),
    ...(onlyClass !== undefined && { onlyClass }),
  };
  if (others !== undefined) {
    const arrays = await arraysAt(scope, others.layer, work);
    const ofRow = (row: number): number => (others.rows.includes(row) ? others.factor : 1);
    return {
      scope: { ...scope, arrays },
      question: {
        ...about,
        factors: Array.from({ length: arrays.conceptBank.rows }, (_, row) => ofRow(row)),
        concepts: conceptsAt(others.layer, others.rows, others.factor),
      },
    };
  }
  const concepts = await changedConcepts(opened, factors);
  return { scope, question: { ...about, concepts, factors: factorsOfRows(opened, factors) } };
}

/** The run's arrays at another layer, where a search made concepts. */
async function arraysAt(
  scope: EditScope,
  layer: string,
  work: Pick<JobContext, 'signal' | 'onProgress'>,
): Promise<EditedRun> {
  const { environment, device, project, run, arrays } = scope;
  const { scored } = await openOriginal(environment.storage, project, run);
  const there = { environment, device, project, ...work };
  return (await otherCut(there, scored, arrays, run.options, layer)).run;
}

/** f [r] of every row of the bank, those of merged concepts alike. Throws TesseraError 'unknown-name'. */
function factorsOfRows({ conceptBank, players, playerOf }: OpenedRun, factors: ConceptFactors): number[] {
  const ofRows = Array.from({ length: conceptBank.rows }, () => 1);
  for (const [id, factor] of Object.entries(factors))
    for (const row of players[playerOf(id)]) ofRows[row] = factor;
  return ofRows;
}

/** The concepts that an edit changes, by the names that they have now. */
async function changedConcepts(
  { project, run, explanation }: OpenedRun,
  factors: ConceptFactors,
): Promise<EditedConcept[]> {
  const { names } = await loadNotes(project, run.id);
  const nameOf = new Map(explanation.concepts.map(({ id, name }) => [id, names[id] ?? name]));
  return Object.entries(factors).map(([id, factor]) => ({ id, factor, name: nameOf.get(id) ?? id }));
}
