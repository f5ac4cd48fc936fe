import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { OnProgress } from '../platform.ts';
import { fingerprintOf } from '../project/canonical-json.ts';
import { openStageEntry, type StagePiece } from '../project/stage-entry.ts';
import { expectFloat32, float32 } from '../tensor.ts';
import type { FurtherConcept } from './further-concepts.ts';
import { measureImages, PIECE, type MeasuredImages, type MeasuredRun } from './measured-images.ts';
import { withMissingStamps } from './picture-stamps.ts';
import type { FileFact } from './question.ts';
import type { ScoredScope } from './run-context.ts';
import { scoreFurther } from './score-images.ts';

const VERSION = 1;

interface Work {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Figures of one further concept, by the place of the picture. */
type FurtherPlaces = ReadonlyMap<number, readonly [amount: number, contribution: number]>;

/**
 * As {@link measureImages}, with a column more for every further concept, after those of the bank. Each is kept in the
 * project's cache by itself, so that another one costs no more than itself; NaN where a picture could be read only before.
 */
export async function measureShown(
  scope: ScoredScope,
  run: MeasuredRun,
  further: readonly FurtherConcept[],
  pictures: readonly FileFact[],
  work: Work,
): Promise<MeasuredImages> {
  const measured = await measureImages(scope, run, pictures, work);
  if (further.length === 0) return measured;
  const found: FurtherPlaces[] = [];
  for (const one of further) found.push(await measureFurther(scope, run, one, pictures, work));
  const widened = (own: Matrix, at: 0 | 1): Matrix => {
    const out = matrix(own.rows, own.cols + further.length);
    for (let row = 0; row < own.rows; row++) {
      out.data.set(own.data.subarray(row * own.cols, (row + 1) * own.cols), row * out.cols);
      found.forEach((places, place) => {
        out.data[row * out.cols + own.cols + place] = places.get(measured.places[row])?.[at] ?? Number.NaN;
      });
    }
    return out;
  };
  return {
    ...measured,
    amounts: widened(measured.amounts, 0),
    contributions: widened(measured.contributions, 1),
  };
}

async function measureFurther(
  scope: ScoredScope,
  { project, run, explanation, conceptBank }: MeasuredRun,
  further: FurtherConcept,
  pictures: readonly FileFact[],
  { onProgress, signal }: Work,
): Promise<FurtherPlaces> {
  const files = await withMissingStamps(project, pictures);
  const fingerprint = fingerprintOf(project.storage, {
    version: VERSION,
    run: [run.id, run.created],
    concept:
      further.kind === 'merged' ? [...further.columns] : [further.id, further.own.border, further.own.usual],
    files: files.map(({ path, stamp }) => [path, stamp.sha256 ?? null]),
  });
  const entry = await openStageEntry(project, 'measured-further', fingerprint, scope.environment.warn);
  const places = new Map<number, readonly [number, number]>();
  for (let start = 0; start < files.length; start += PIECE) {
    signal?.throwIfAborted();
    const some = files.slice(start, start + PIECE);
    const { tensors, value } = await entry.get(start / PIECE, async (): Promise<StagePiece<number[]>> => {
      const subject = { scope, explanation, conceptBank, files: some, further: [further] };
      const images = await scoreFurther(subject, { ...(signal && { signal }) });
      const placeOf = new Map(some.map(({ path }, place) => [path, start + place]));
      const figures = images.flatMap(({ amounts, contributions }) => [amounts[0], contributions[0]]);
      return {
        tensors: new Map([['figures', float32(Float32Array.from(figures), [images.length, 2])]]),
        value: images.map(({ file }) => placeOf.get(file)!),
      };
    });
    const { data } = expectFloat32(tensors.get('figures'), 'figures');
    value.forEach((place, at) => places.set(place, [data[2 * at], data[2 * at + 1]]));
    onProgress?.({ stage: 'measured', done: start + some.length, total: files.length });
  }
  return places;
}
