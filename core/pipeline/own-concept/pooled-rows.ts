import { meanRow, positionsIn } from '../../concepts/box-rows.ts';
import type { LayerRecord, SkippedFile } from '../../concepts/explanation.ts';
import { positionsOf, toRows } from '../../concepts/latent-rows.ts';
import { frameOf } from '../../images/preprocessing.ts';
import { stackRows, type Matrix } from '../../linalg/matrix.ts';
import { sliceItems } from '../batch-items.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import { readBatch } from '../pictures.ts';
import type { ModelScope } from '../run-context.ts';
import type { ExamplePlace } from './examples.ts';

/** Pictures at once. */
const BATCH = 16;

/** A row a place that could be read. */
export interface PooledRows {
  /** [n, p] */
  readonly rows: Matrix | undefined;
  /** The places, in the order of the rows. */
  readonly places: readonly ExamplePlace[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * The activations of a layer, averaged over the positions of each picture, or of a part of it: what of it a direction is
 * fitted to. A part is looked at within its picture, as the amounts of a run's concepts are.
 */
export async function pooledRows(
  scope: ModelScope,
  layer: LayerRecord,
  places: readonly ExamplePlace[],
  { onDone, signal }: { readonly onDone?: (count: number) => void; readonly signal?: AbortSignal },
): Promise<PooledRows> {
  const { preprocessing } = scope.intake.preprocessing;
  const frame = frameOf(preprocessing);
  const whole = Array.from({ length: positionsOf(layer) }, (_, position) => position);
  const latent = runnerFor(scope, cutAt(scope.intake, layer).latent);
  const [rows, kept, skipped]: [Matrix[], ExamplePlace[], SkippedFile[]] = [[], [], []];
  try {
    for (let start = 0; start < places.length; start += BATCH) {
      signal?.throwIfAborted();
      const some = places.slice(start, start + BATCH);
      const files = some.map(({ file }) => file);
      const batch = await readBatch(scope.environment.codec, files, preprocessing);
      skipped.push(...batch.skipped);
      onDone?.(some.length);
      if (batch.input === undefined) continue;
      const activations = await latent.run(batch.input);
      for (const [item, at] of batch.readable.entries()) {
        const own = toRows(sliceItems(activations, item, item + 1), layer);
        const { box } = some[at];
        rows.push(meanRow(own, box === undefined ? whole : positionsIn(layer, frame, box)));
        kept.push(some[at]);
      }
    }
  } finally {
    await latent.dispose();
  }
  return { rows: rows.length > 0 ? stackRows(rows) : undefined, places: kept, skipped };
}
