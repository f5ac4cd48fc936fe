import { loadModelFile } from '../../../core/onnx/load-model.ts';
import { editRun } from '../../../core/pipeline/editing/edit-run.ts';
import { prepareEdit, type ChangedConcept } from '../../../core/pipeline/editing/prepare-edit.ts';
import { editTarget, writeEdited } from '../../../core/pipeline/editing/write-edited.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';
import type { ConceptFactors } from '../../api/contract.ts';
import type { Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';

/** Jobs that take concepts out of a model. */
export function editModelJobs(environment: Environment, openRun: OpenRun): Jobs<'tryEdit' | 'saveEdited'> {
  const { storage } = environment;
  return {
    async tryEdit({ factors, how, above, heldOut, path, ...run }, { signal, onProgress }) {
      const opened = await openRun(run);
      const given = opened.given.pictures.map(({ file }) => file);
      const { scope, question } = await prepareEdit(
        environment,
        {
          ...{ project: opened.project, run: opened.run, explanation: opened.run.explanation, given },
          ...{ conceptBank: opened.conceptBank, coefficients: opened.bankCoefficients },
        },
        {
          ...{ how, heldOut, concepts: await changedConcepts(opened, factors) },
          ...(above !== undefined && { above }),
        },
      );
      const { bytes, file, proof } = await editRun(scope, question, { signal, onProgress });
      await storage.writeAtomic(path, bytes);
      const placeOf = new Map(given.map((picture, at) => [picture.path, at]));
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
  };
}

/** The concepts that an edit changes, by their names, with their rows of the bank. Throws TesseraError 'unknown-name'. */
async function changedConcepts(
  { project, run, explanation, players, playerOf }: OpenedRun,
  factors: ConceptFactors,
): Promise<ChangedConcept[]> {
  const { names } = await loadNotes(project, run.id);
  const nameOf = new Map(explanation.concepts.map(({ id, name }) => [id, names[id] ?? name]));
  return Object.entries(factors).map(([id, factor]) => ({
    ...{ id, factor, name: nameOf.get(id) ?? id },
    rows: players[playerOf(id)],
  }));
}
