import type { Explanation, SkippedFile } from '../concepts/explanation.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import type { OnProgress, Progress } from '../platform.ts';
import { fingerprintOf } from '../project/canonical-json.ts';
import type { Project } from '../project/project-folder.ts';
import type { RunFile } from '../project/schema.ts';
import { openStageEntry, type StagePiece } from '../project/stage-entry.ts';
import { expectFloat32 } from '../tensor.ts';
import { withMissingStamps } from './picture-stamps.ts';
import type { FileFact } from './question.ts';
import type { ScoredScope } from './run-context.ts';
import { scoreImages, type ScoredImage } from './score-images.ts';

/** What the concepts of a run are in some pictures, as arrays in the order of those that could be read. */
export interface MeasuredImages {
  /** Names all that the figures rest on. */
  readonly fingerprint: string;
  /** Places in the list that was asked about, [m]. */
  readonly places: Int32Array;
  /** Strongest amount of each concept, and by how much the score falls without it, [m, r] in the order of the bank. */
  readonly amounts: Matrix;
  readonly contributions: Matrix;
  /** [m] The score that the run explains, and the share of the activations that no concept explains. */
  readonly scores: Float32Array;
  readonly rests: Float32Array;
  readonly skipped: readonly SkippedFile[];
}

/** Pictures a stored piece: what stopping can cost at most. */
export const PIECE = 256;
const VERSION = 1;

/** A finished run whose concepts are looked for. */
export interface MeasuredRun {
  readonly project: Project;
  readonly run: Pick<RunFile, 'id' | 'created'>;
  readonly explanation: Pick<Explanation, 'layer' | 'classIndex'>;
  readonly conceptBank: CodedBank;
}

/**
 * Amounts and contributions of a run's concepts in pictures, explained or not, as `tessera score` has them. Kept piece by
 * piece in the project's cache by the content of the pictures, so that it goes on where it was stopped. Pictures that cannot
 * be read, or are no longer what their stamp says, are listed. Throws the signal's reason when aborted.
 */
export async function measureImages(
  scope: ScoredScope,
  { project, run, explanation, conceptBank }: MeasuredRun,
  pictures: readonly FileFact[],
  { onProgress, signal }: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal | undefined },
): Promise<MeasuredImages> {
  const files = await withMissingStamps(project, pictures);
  const subject = { scope, explanation, conceptBank };
  const fingerprint = fingerprintOf(project.storage, {
    version: VERSION,
    run: [run.id, run.created],
    files: files.map(({ path, stamp }) => [path, stamp.sha256 ?? null]),
  });
  const entry = await openStageEntry(project, 'measured', fingerprint, scope.environment.warn);
  const pieces: StagePiece<Stored>[] = [];
  for (let start = 0; start < files.length; start += PIECE) {
    signal?.throwIfAborted();
    const some = files.slice(start, start + PIECE);
    const tell = (done: number): void =>
      onProgress?.({ stage: 'measured', done: start + done, total: files.length });
    const stored = await entry.get(start / PIECE, async () => {
      const work = { onProgress: ({ done }: Progress) => tell(done), ...(signal && { signal }) };
      return pieceOf(some, start, await scoreImages({ ...subject, files: some }, work), conceptBank.rows);
    });
    pieces.push(stored);
    tell(some.length);
  }
  return { fingerprint, ...joined(pieces, conceptBank.rows) };
}

/** What is stored beside the arrays of a piece. */
type Stored = {
  readonly places: readonly number[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
};

function pieceOf(
  files: readonly FileFact[],
  start: number,
  { images, skipped }: { readonly images: readonly ScoredImage[]; readonly skipped: readonly SkippedFile[] },
  r: number,
): StagePiece<Stored> {
  const placeOf = new Map(files.map(({ path }, place) => [path, start + place]));
  const stacked = (rows: readonly ArrayLike<number>[], width: number) => {
    const out = matrix(rows.length, width);
    rows.forEach((row, i) => out.data.set(row, i * width));
    return matrixTensor(out);
  };
  return {
    tensors: new Map([
      [
        'amounts',
        stacked(
          images.map(({ amounts }) => amounts),
          r,
        ),
      ],
      [
        'contributions',
        stacked(
          images.map(({ contributions }) => contributions),
          r,
        ),
      ],
      [
        'scores',
        stacked(
          images.map(({ score }) => [score]),
          1,
        ),
      ],
      [
        'rests',
        stacked(
          images.map(({ rest }) => [rest]),
          1,
        ),
      ],
    ]),
    value: {
      places: images.map(({ file }) => placeOf.get(file)!),
      skipped: skipped.map(({ file, reason }) => ({ file, reason })),
    },
  };
}

function joined(pieces: readonly StagePiece<Stored>[], r: number): Omit<MeasuredImages, 'fingerprint'> {
  const whole = (name: string, width: number): Matrix => {
    const parts = pieces.map(({ tensors }) => expectFloat32(tensors.get(name), name).data);
    const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return matrix(out.length / width, width, out);
  };
  return {
    places: Int32Array.from(pieces.flatMap(({ value }) => value.places)),
    amounts: whole('amounts', r),
    contributions: whole('contributions', r),
    scores: whole('scores', 1).data,
    rests: whole('rests', 1).data,
    skipped: pieces.flatMap(({ value }) => value.skipped),
  };
}
