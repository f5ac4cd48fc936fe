import { TesseraError } from '../../errors.ts';
import { scanImages } from '../../images/folder-scan.ts';
import type { Storage } from '../../platform.ts';
import type { Project } from '../../project/project-folder.ts';
import type { RunFile } from '../../project/schema.ts';
import { loadRunTensors } from '../../project/tensors-file.ts';
import { UNFINISHED_HINT, unfinishedText } from '../../wording/unfinished-words.ts';
import type { Environment } from '../environment.ts';
import { givenPictures } from '../given-pictures.ts';
import type { EditScope } from './edit-run.ts';
import type { ProofImages } from './prove-edit.ts';

/** A finished run, ready to be edited, and all images that it was given. */
export interface OpenedEdit {
  readonly scope: EditScope;
  readonly own: ProofImages;
}

/** Opens a finished run for edits. Throws TesseraError 'bad-project' for one that has not finished. */
export async function openEdit(
  environment: Environment,
  project: Project,
  run: RunFile,
): Promise<OpenedEdit> {
  const { explanation } = run;
  if (explanation === undefined)
    throw new TesseraError('bad-project', unfinishedText(run.id, 'edit'), { hint: UNFINISHED_HINT });
  const { conceptBank, coefficients } = await loadRunTensors(project, run.id);
  const { pictures } = await givenPictures(project, run);
  const files = pictures.map(({ file }) => file);
  const explained = files.slice(0, coefficients.length);
  const others = files.slice(coefficients.length);
  return {
    scope: {
      environment,
      device: await environment.openDevice('cpu'),
      project,
      run,
      arrays: { explanation, conceptBank, coefficients, explained, others },
    },
    own: { kind: 'run', folders: run.options.images, known: 0, files },
  };
}

/** Images of some folders, without those that a run was given. TesseraError 'no-images' where none is left. */
export async function heldOutImages(
  storage: Storage,
  folders: readonly string[],
  { files: given }: ProofImages,
): Promise<ProofImages> {
  const known = new Set(given.map(({ path }) => path));
  const { images } = await scanImages(storage, folders);
  const files = images.filter(({ path }) => !known.has(path));
  if (files.length === 0) {
    throw new TesseraError(
      'no-images',
      'All images of these folders were given to the run; none is held out.',
      {
        hint: 'Name folders of images that the run has not seen.',
        options: ['images'],
      },
    );
  }
  return { kind: 'held-out', folders, known: images.length - files.length, files };
}
