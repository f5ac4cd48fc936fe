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
 *   counts            int32 [r]        places where a concept is, over all images; absent in runs from before it was counted
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
  const counts = new Int32Array(cols);
  const columns = new Map<string, Column>([
    [
      'coefficients',
      { type: 'float32', dims: [count, rows, cols], pieces: () => counted(coefficients, counts) },
    ],
    // Written after the coefficients, by which time they are counted.
    ['counts', { type: 'int32', dims: [cols], pieces: () => [counts] }],
    ['imageImportance', rowsColumn('float64', imageImportance, [count, cols])],
    ['strengths', rowsColumn('float32', strengths, [count, cols])],
  ]);
  await writeColumns(project.storage, runPath(project, id, COEFFICIENTS_FILE), columns);
}

/** The values of each image; counts those above 0 of each concept on the way. */
function* counted(coefficients: readonly Matrix[], counts: Int32Array): Generator<Float32Array> {
  counts.fill(0);
  for (const { data } of coefficients) {
    for (let at = 0; at < data.length; at++) if (data[at] > 0) counts[at % counts.length]++;
    yield data;
  }
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
    ...(file.has('counts') && { counts: file.values('counts', 'int32') }),
  };
}
