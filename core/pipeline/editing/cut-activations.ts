import { toRows } from '../../concepts/latent-rows.ts';
import type { LayerRecord } from '../../concepts/explanation.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { matrix, stackRows, type Matrix } from '../../linalg/matrix.ts';
import type { Tensor } from '../../tensor.ts';
import { joinItems, sliceItems } from '../batch-items.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import type { ModelRunner } from '../model-runner.ts';
import { readBatch } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import type { ModelScope } from '../run-context.ts';

/** Images that are read and run at once. */
const BATCH = 32;
/** Bytes of activations and amounts that are kept between uses, at most; what does not fit is read anew each time. */
const MOST_KEPT = 512 * 2 ** 20;

/** A cut and the bank of the concepts at it. */
export interface BankedCut {
  readonly layer: LayerRecord;
  readonly bank: CodedBank;
}

/** What some images have at a cut. */
export interface CutImages {
  /** Places of the images among the files that were asked for; those that cannot be read are missing. */
  readonly at: readonly number[];
  /** [n, …] as the layer has them. */
  readonly activations: Tensor<'float32'>;
  /** Exact amounts of all concepts of the bank, [n · positions, r]; found when they are first asked for. */
  amounts(): Promise<Matrix>;
}

interface Entry {
  readonly activations: Tensor<'float32'>;
  amounts?: Matrix;
}

/**
 * Activations of images at a cut, and the amounts of its concepts in them, for work that looks at the same images again and
 * again: images are decoded, taken through the model up to the cut and coded once, as far as `mostKept` bytes (512 MB)
 * hold them, in the order in which they are first asked for.
 */
export class CutActivations {
  readonly cut: BankedCut;
  readonly #scope: ModelScope;
  readonly #latent: ModelRunner;
  readonly #signal: AbortSignal | undefined;
  /** By path; null: cannot be read. */
  readonly #kept = new Map<string, Entry | null>();
  #free: number;

  constructor(
    scope: ModelScope,
    cut: BankedCut,
    {
      signal,
      mostKept = MOST_KEPT,
    }: { readonly signal?: AbortSignal | undefined; readonly mostKept?: number } = {},
  ) {
    this.cut = cut;
    this.#scope = scope;
    this.#latent = runnerFor(scope, cutAt(scope.intake, cut.layer).latent);
    this.#signal = signal;
    this.#free = mostKept;
  }

  /** What files have, some of them at a time, in their order. Throws the signal's reason when aborted. */
  async *of(files: readonly FileFact[]): AsyncGenerator<CutImages> {
    for (let start = 0; start < files.length; start += BATCH) {
      this.#signal?.throwIfAborted();
      const some = files.slice(start, start + BATCH);
      const entries = await this.#entries(some);
      const at = [...entries.keys()].filter((place) => entries[place] !== null);
      if (at.length === 0) continue;
      const own = at.map((place) => entries[place]!);
      yield {
        at: at.map((place) => start + place),
        activations: joinItems(own.map(({ activations }) => activations)),
        amounts: () => this.#amounts(own),
      };
    }
  }

  /** Lets go of the model and of all that is kept. */
  async dispose(): Promise<void> {
    this.#kept.clear();
    await this.#latent.dispose();
  }

  async #entries(files: readonly FileFact[]): Promise<(Entry | null)[]> {
    const known = new Map(files.map(({ path }) => [path, this.#kept.get(path)]));
    const unread = files.filter(({ path }) => known.get(path) === undefined);
    const { codec } = this.#scope.environment;
    if (unread.length > 0) {
      const batch = await readBatch(codec, unread, this.#scope.intake.preprocessing.preprocessing);
      const found = batch.input && (await this.#latent.run(batch.input));
      unread.forEach(({ path }, place) => {
        const row = batch.readable.indexOf(place);
        const entry = row < 0 ? null : { activations: sliceItems(found!, row, row + 1) };
        known.set(path, entry);
        this.#keep(path, entry);
      });
    }
    return files.map(({ path }) => known.get(path) ?? null);
  }

  #keep(path: string, entry: Entry | null): void {
    const bytes = entry === null ? 0 : this.#bytesOf(entry);
    if (bytes > this.#free) return;
    this.#free -= bytes;
    // A slice holds the memory of its whole batch: at most one batch is kept beyond what is counted.
    this.#kept.set(path, entry);
  }

  #bytesOf({ activations: { data } }: Entry): number {
    const { layer, bank } = this.cut;
    const channels = layer.shape[layer.channelAxis];
    return 4 * (data.length + (data.length / channels) * bank.rows);
  }

  async #amounts(entries: readonly Entry[]): Promise<Matrix> {
    const { layer, bank } = this.cut;
    const uncoded = entries.filter(({ amounts }) => amounts === undefined);
    if (uncoded.length > 0) {
      const rows = toRows(joinItems(uncoded.map(({ activations }) => activations)), layer);
      const { coefficients } = await codesOf(rows, bank, this.#signal ? { signal: this.#signal } : {});
      const size = coefficients.data.length / uncoded.length;
      uncoded.forEach((entry, i) => {
        const data = coefficients.data.subarray(i * size, (i + 1) * size);
        entry.amounts = matrix(size / bank.rows, bank.rows, data);
      });
    }
    return stackRows(entries.map(({ amounts }) => amounts!));
  }
}
