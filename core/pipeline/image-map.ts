import { embed, type Embedding } from '../embedding/embed.ts';
import type { EmbeddingWork } from '../embedding/work.ts';
import { unitRows } from '../factorization/sparse-descent.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import type { Project } from '../project/project-folder.ts';
import { fingerprintOf } from '../project/canonical-json.ts';
import { openStageEntry } from '../project/stage-entry.ts';
import { expectFloat32 } from '../tensor.ts';
import type { MeasuredImages } from './measured-images.ts';

/**
 * By what images are near each other on a map: by how much of each concept is in them (as a share of the most in any), or by
 * what each concept does to the score (in units of the score).
 */
export type MapSpace = 'amounts' | 'contributions';

const VERSION = 1;

/**
 * Images on a plane, see {@link embed}, in the order of the measured ones. Kept in the project's cache by what it rests on, so
 * that it opens at once the second time.
 */
export async function mapOfImages(
  project: Project,
  measured: MeasuredImages,
  { space, seed, ...work }: EmbeddingWork & { readonly space: MapSpace; readonly seed: number },
): Promise<Embedding> {
  const fingerprint = fingerprintOf(project.storage, {
    version: VERSION,
    measured: measured.fingerprint,
    space,
    seed,
  });
  const entry = await openStageEntry(project, 'map', fingerprint);
  const { tensors, value } = await entry.get(0, async () => {
    const rows = space === 'amounts' ? sharesOfMost(measured.amounts) : measured.contributions;
    const { points, ...facts } = await embed(rows, { seed, ...work });
    return {
      tensors: new Map([['points', matrixTensor(matrix(points.length / 2, 2, points))]]),
      value: facts,
    };
  });
  return { ...value, points: expectFloat32(tensors.get('points'), 'points').data };
}

/** Concepts on a plane by their directions alone, whatever their length; in the order of the bank. */
export function mapOfConcepts(
  bank: Matrix,
  { seed, ...work }: EmbeddingWork & { readonly seed: number },
): Promise<Embedding> {
  return embed(unitRows(bank), { seed, ...work });
}

/** Each column as a share of its largest; else the concept with the largest numbers would make the map alone. */
function sharesOfMost(a: Matrix): Matrix {
  const most = new Float32Array(a.cols);
  a.data.forEach((value, i) => (most[i % a.cols] = Math.max(most[i % a.cols], value)));
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, i) => (most[i % a.cols] > 0 ? value / most[i % a.cols] : 0)),
  );
}
