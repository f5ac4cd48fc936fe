import { matrix, type Matrix } from '../linalg/matrix.ts';
import { lazyList } from '../lazy-list.ts';
import type { ElementArrays } from '../tensor.ts';
import { openColumns, writeColumns, type Column } from './column-file.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';
import type { ImageArrays } from './run-tensors.ts';
import type { StorableType } from './safetensors-header.ts';

/*
 * runs/ID/coefficients.safetensors: the arrays of a finished run that grow with its images. It is written once and read by
 * range, so that neither takes the memory of all.
 *
 *   coefficients      float32 [n, positions, r]
 *   imageImportance   float64 [n, r]   total index of every concept in each image
 *   strengths         float32 [n, r]   largest coefficient of every concept in each image
 */

/** File name of the arrays. */
export const COEFFICIENTS_FILE = 'coefficients.safetensors';

/** Writes the arrays of a run by image, all at once. */
export async function saveCoefficients(
  project: Project,
  id: string,
  { coefficients, imageImportance, strengths }: ImageArrays,
): Promise<void> {
  requireRun(project, id);
  const { rows, cols } = coefficients[0];
  const count = coefficients.length;
  const columns = new Map<string, Column>([
    [
      'coefficients',
      rowsColumn(
        'float32',
        lazyList(count, (at) => coefficients[at].data),
        [count, rows, cols],
      ),
    ],
    ['imageImportance', rowsColumn('float64', imageImportance, [count, cols])],
    ['strengths', rowsColumn('float32', strengths, [count, cols])],
  ]);
  await writeColumns(project.storage, runPath(project, id, COEFFICIENTS_FILE), columns);
}

function rowsColumn<T extends StorableType>(
  type: T,
  rows: readonly ElementArrays[T][],
  dims: readonly number[],
): Column<T> {
  return { type, dims, pieces: () => rows };
}

/** Opens the arrays of a run by image; what is asked for is read then. Throws TesseraError 'bad-tensor', 'storage'. */
export async function openCoefficients(project: Project, id: string): Promise<ImageArrays> {
  const file = await openColumns(project.storage, runPath(project, id, COEFFICIENTS_FILE));
  const [count, rows, cols] = file.dimsOf('coefficients', 'float32');
  const data = file.rows('coefficients', 'float32');
  return {
    coefficients: lazyList(count, (at): Matrix => matrix(rows, cols, data[at])),
    imageImportance: file.rows('imageImportance', 'float64'),
    strengths: file.rows('strengths', 'float32'),
  };
}
