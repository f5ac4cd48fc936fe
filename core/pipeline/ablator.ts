import { LRUCache } from 'lru-cache';
import { createAblationHead, type AblatedImage } from '../concepts/ablation-head.ts';
import { checkFactors } from '../concepts/ablation.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { toRows } from '../concepts/latent-rows.ts';
import { TesseraError } from '../errors.ts';
import { codesOf } from '../factorization/sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { stackRows, type Matrix } from '../linalg/matrix.ts';
import type { OnProgress } from '../platform.ts';
import type { Answer } from '../score/model-scores.ts';
import type { Tensor } from '../tensor.ts';
import { runnerFor, cutAt } from './model-parts.ts';
import { CHANGED, readBatch, wasChanged } from './pictures.ts';
import type { FileFact } from './question.ts';
import type { ScoredScope } from './run-context.ts';
import { scaledAnswers, type LatentImages } from './scaled-answers.ts';

/** What of a finished run is ablated. */
export interface AblatedRun {
  readonly layer: LayerRecord;
  /** W [r, p]. */
  readonly conceptBank: CodedBank;
  /** The pictures, with what their files were where that is known. */
  readonly files: readonly FileFact[];
  /** U(x) [positions, r] of each. */
  readonly coefficients: readonly Matrix[];
}

/** Answers "what if this concept were weaker, stronger or not there?" for the pictures of a run. */
export interface Ablator {
  /** A picture of the run, made ready; kept for the next question. */
  image(index: number): Promise<AblatedImage>;
  /** Any other picture, its coefficients found anew; one that is no longer what its stamp says is refused. Kept where it has a stamp. */
  picture(file: FileFact): Promise<AblatedImage>;
  /** What the model says of every picture of the run when the concepts are scaled by factors [r], 0…2. */
  answers(
    factors: readonly number[],
    context?: { readonly signal?: AbortSignal; readonly onProgress?: OnProgress },
  ): Promise<Answer[]>;
  dispose(): Promise<void>;
}

/** Pictures that go through the model at once. */
const CHUNK = 32;

/**
 * Opens a run's model for ablation. Sessions open when first needed; a picture is read and run once and kept, as long
 * as what is kept fits half of the environment's memory budget.
 *
 * Rejects with TesseraError 'bad-image' when a picture can no longer be read, 'bad-usage' for factors out of range.
 */
export function openAblator(scope: ScoredScope, run: AblatedRun): Ablator {
  const { environment, device, intake } = scope;
  const { layer, conceptBank, files, coefficients } = run;
  const parts = cutAt(intake, layer);
  const latent = runnerFor(scope, parts.latent);
  const plain = runnerFor(scope, parts.head);
  const budget = environment.memoryBudget / 4;
  const images = lruByBytes<AblatedImage>(budget, ({ bytes }) => bytes);
  const chunks = lruByBytes<LatentImages>(budget, ({ activations }) => 4 * activations.data.length);
  const head = once(() =>
    createAblationHead(parts.head, layer, conceptBank, {
      sessions: device.sessions,
      memoryBudget: environment.memoryBudget,
    }),
  );

  const activationsOf = async (pictures: readonly FileFact[]): Promise<Tensor<'float32'>> => {
    const { input, skipped } = await readBatch(
      environment.codec,
      pictures,
      intake.preprocessing.preprocessing,
    );
    if (input !== undefined && skipped.length === 0) return latent.run(input);
    if (skipped[0].reason === CHANGED) throw wasChanged(skipped[0].file);
    throw new TesseraError('bad-image', `${skipped[0].file} cannot be read: ${skipped[0].reason}`, {
      hint: 'Put the picture back where it was, or explain again without it.',
    });
  };
  const latentImages = async (start: number): Promise<LatentImages> => {
    const end = Math.min(files.length, start + CHUNK);
    const activations = await activationsOf(files.slice(start, end));
    return { activations, coefficients: stackRows(coefficients.slice(start, end)) };
  };

  return {
    image: (index) =>
      images.get(index, async () =>
        (await head.get()).prepare(await activationsOf([files[index]]), coefficients[index]),
      ),
    picture(file) {
      const make = async (): Promise<AblatedImage> => {
        const activations = await activationsOf([file]);
        const found = await codesOf(toRows(activations, layer), conceptBank);
        return (await head.get()).prepare(activations, found.coefficients);
      };
      return file.stamp === undefined
        ? make()
        : images.get(JSON.stringify([file.path, file.stamp.sha256]), make);
    },
    async answers(factors, { signal, onProgress } = {}) {
      checkFactors(factors, conceptBank.rows);
      const all: Answer[] = [];
      for (let start = 0; start < files.length; start += CHUNK) {
        signal?.throwIfAborted();
        const own = await chunks.get(start, () => latentImages(start));
        all.push(
          ...(await scaledAnswers({ head: plain, score: intake.score }, own, conceptBank, layer, factors)),
        );
        onProgress?.({ stage: 'ablation', done: all.length, total: files.length });
      }
      return all;
    },
    async dispose() {
      await latent.dispose();
      await plain.dispose();
      await (await head.made())?.dispose();
    },
  };
}

/** Makes a value at the first call. */
function once<T>(make: () => Promise<T>) {
  let value: Promise<T> | undefined;
  return {
    get: (): Promise<T> => {
      value ??= make();
      return value;
    },
    made: (): Promise<T> | undefined => value,
  };
}

/** The values asked for last, as many as take `limit` bytes; one that takes more is kept alone. */
function lruByBytes<T extends object>(limit: number, bytesOf: (value: T) => number) {
  const maxSize = Math.max(1, Math.floor(limit));
  const kept = new LRUCache<number | string, T, () => Promise<T>>({
    maxSize,
    sizeCalculation: (value) => Math.max(1, Math.min(maxSize, bytesOf(value))),
    fetchMethod: (_key, _stale, { context: make }) => make(),
    // Who asked for a value gets it, though it may no longer be one to keep.
    ignoreFetchAbort: true,
  });
  return {
    get: (key: number | string, make: () => Promise<T>): Promise<T> =>
      kept.forceFetch(key, { context: make }),
  };
}
