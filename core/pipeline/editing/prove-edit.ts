import {
  judgeDecisions,
  judgeSides,
  type JudgedImage,
  type PictureSides,
} from '../../editing/judged-decisions.ts';
import type { ProofSet, ScoreChange } from '../../editing/edit-proof.ts';
import { TesseraError } from '../../errors.ts';
import { folderOf, truthFinder } from '../../images/folder-class.ts';
import { rowView } from '../../linalg/matrix.ts';
import { tensorMatrix } from '../../linalg/matrix-tensor.ts';
import { fileNameOf } from '../../wording/path-text.ts';
import type { OnProgress } from '../../platform.ts';
import { answerOf } from '../../score/model-scores.ts';
import type { ModelIntake } from '../model-intake.ts';
import { runnerFor } from '../model-parts.ts';
import { readBatch } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import type { ModelScope } from '../run-context.ts';

/** Images that are read and run at once. */
const BATCH = 32;

/** The images that a proof is made on. */
export interface ProofImages extends Pick<ProofSet, 'kind' | 'folders' | 'known'> {
  readonly files: readonly FileFact[];
}

/** Runs a model and its edited form over images, and counts what the edit fixes and breaks, also on each side of `sides`. Throws the signal's reason when aborted. */
export async function proveOn(
  scope: Omit<ModelScope, 'intake'>,
  models: { readonly original: ModelIntake; readonly edited: ModelIntake },
  { files, ...about }: ProofImages,
  sides: readonly PictureSides[],
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: OnProgress } = {},
): Promise<ProofSet> {
  const { scores: model, preprocessing } = models.original;
  const names = classNames(models.original);
  const truth = truthFinder(names);
  const runners = [models.original, models.edited].map((intake) =>
    runnerFor({ ...scope, intake }, intake.model),
  );
  const images: JudgedImage[] = [];
  const skipped: { file: string; reason: string }[] = [];
  const changes = new ScoreChanges(names);
  try {
    for (let start = 0; start < files.length; start += BATCH) {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'predictions', done: start, total: files.length });
      const some = files.slice(start, start + BATCH);
      const batch = await readBatch(scope.environment.codec, some, preprocessing.preprocessing);
      skipped.push(...batch.skipped);
      if (batch.input === undefined) continue;
      const before = tensorMatrix(await runners[0].run(batch.input));
      const after = tensorMatrix(await runners[1].run(batch.input));
      for (const [row, at] of batch.readable.entries()) {
        const [own, now] = [rowView(before, row), rowView(after, row)];
        changes.add(own, now);
        images.push({
          file: some[at].path,
          folder: folderOf(some[at]),
          truth: truth(some[at]),
          before: answerOf(model, own).index,
          after: answerOf(model, now).index,
        });
      }
    }
  } finally {
    for (const runner of runners) await runner.dispose();
  }
  return {
    ...about,
    ...judgeDecisions(names, images),
    sides: judgeSides(images, [...givenFolders(about, images), ...sides]),
    scores: changes.means(),
    skipped,
  };
}

/** Throws TesseraError 'bad-usage' where a model decides nothing, so that there is neither right nor wrong. */
export function requireDecisions(intake: ModelIntake): void {
  if (classNames(intake).length > 0) return;
  throw new TesseraError(
    'bad-usage',
    'The model decides among no classes, so that no answer is right or wrong.',
    {
      hint: 'Take out a concept of your choice and see by how much the scores change.',
    },
  );
}

/** Several held-out folders tell images apart: the one may have a cue that the other has not. */
function givenFolders(
  { kind, folders }: Pick<ProofSet, 'kind' | 'folders'>,
  images: readonly JudgedImage[],
): PictureSides[] {
  if (kind !== 'held-out' || folders.length < 2) return [];
  const levelOf = new Map(
    images.map(({ file }) => [file, folders.findLastIndex((folder) => file.startsWith(folder))]),
  );
  const names = folders.map((folder) => fileNameOf(folder.replace(/[\\/]+$/, '')));
  const levels = new Set(names).size === names.length ? names : folders;
  return [{ of: 'folder given', levels, levelOf }];
}

/** Names of what answers are indices of. */
export function classNames({ scores, labels }: ModelIntake): readonly string[] {
  return scores.classes.length > 0 ? scores.classes : labels.names;
}

/** Sums of how raw scores change. */
class ScoreChanges {
  readonly #names: readonly string[];
  #sums: number[] = [];
  #absolute: number[] = [];
  #images = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  add(before: Float32Array, after: Float32Array): void {
    this.#images++;
    before.forEach((value, index) => {
      const change = after[index] - value;
      this.#sums[index] = (this.#sums[index] ?? 0) + change;
      this.#absolute[index] = (this.#absolute[index] ?? 0) + Math.abs(change);
    });
  }

  /** One number for two classes is the score of the second. */
  #nameOf(index: number): string {
    const isNamed = this.#names.length === this.#sums.length;
    if (isNamed) return this.#names[index];
    return this.#sums.length === 1 ? (this.#names[1] ?? 'the number') : `score ${index}`;
  }

  means(): ScoreChange[] {
    return this.#sums.map((sum, index) => ({
      index,
      name: this.#nameOf(index),
      mean: sum / this.#images,
      absolute: this.#absolute[index] / this.#images,
    }));
  }
}
