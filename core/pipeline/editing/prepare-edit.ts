import type { EditedConcept } from '../../editing/edit-proof.ts';
import { TesseraError } from '../../errors.ts';
import { scanImages } from '../../images/folder-scan.ts';
import type { Storage } from '../../platform.ts';
import type { Project } from '../../project/project-folder.ts';
import type { RunFile } from '../../project/schema.ts';
import type { Environment } from '../environment.ts';
import type { FileFact } from '../question.ts';
import type { EditQuestion, EditScope } from './edit-run.ts';
import type { AskedEdit, EditedRun } from './plan-edit.ts';
import type { ProofImages } from './prove-edit.ts';

/** A finished run as it was read, whichever way. */
export interface ReadRun extends Pick<EditedRun, 'explanation' | 'conceptBank' | 'coefficients'> {
  readonly project: Project;
  readonly run: RunFile;
  /** Every picture that it was given, the explained ones first. */
  readonly given: readonly FileFact[];
}

/** A concept, or merged ones, and how much of it is left. */
export interface ChangedConcept extends EditedConcept {
  /** Its rows of the bank, several of merged concepts. */
  readonly rows: readonly number[];
}

/** An edit as a person asks for it. */
export interface WantedEdit extends Omit<AskedEdit, 'factors'> {
  readonly concepts: readonly ChangedConcept[];
  /** Folders of images that the run was not given. */
  readonly heldOut?: readonly string[];
}

/**
 * What `editRun` takes, for an edit as it was asked for: judged on the run's images, and on those held out.
 *
 * Throws TesseraError 'no-images' where folders are named and hold none that the run was not given.
 */
export async function prepareEdit(
  environment: Environment,
  { project, run, given, explanation, conceptBank, coefficients }: ReadRun,
  { concepts, heldOut = [], ...asked }: WantedEdit,
): Promise<{ readonly scope: EditScope; readonly question: EditQuestion }> {
  const factors = Array.from({ length: conceptBank.rows }, () => 1);
  for (const { rows, factor } of concepts) for (const row of rows) factors[row] = factor;
  const own: ProofImages = { kind: 'run', folders: run.options.images, known: 0, files: given };
  const others = heldOut.length === 0 ? [] : [await heldOutImages(environment.storage, heldOut, given)];
  return {
    scope: {
      environment,
      device: await environment.openDevice('cpu'),
      project,
      run,
      arrays: {
        ...{ explanation, conceptBank, coefficients },
        explained: given.slice(0, coefficients.length),
        others: given.slice(coefficients.length),
      },
    },
    question: {
      ...asked,
      factors,
      concepts: concepts.map(({ id, name, factor }) => ({ id, name, factor })),
      sets: [own, ...others],
    },
  };
}

/** Images of the folders that were named, without those that the run was given. */
async function heldOutImages(
  storage: Storage,
  folders: readonly string[],
  given: readonly FileFact[],
): Promise<ProofImages> {
  const known = new Set(given.map(({ path }) => path));
  const { images } = await scanImages(storage, folders);
  const files = images.filter(({ path }) => !known.has(path));
  if (files.length === 0) {
    throw new TesseraError(
      'no-images',
      'All images of these folders were given to the run; none is held out.',
      { hint: 'Name folders of images that the run has not seen.', options: ['images'] },
    );
  }
  return { kind: 'held-out', folders, known: images.length - files.length, files };
}
