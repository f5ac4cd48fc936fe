import type { ImageImportance } from '../../concepts/importance.ts';
import { lazyList } from '../../lazy-list.ts';
import type { ByteSpool } from '../../platform.ts';
import { spooledRows } from '../../project/column-file.ts';
import type { StagePiece } from '../../project/stage-entry.ts';
import type { Tensor } from '../../tensor.ts';

type Facts = Omit<ImageImportance, 'replicates'> & { readonly replicates: number };

/** The total indices of some images as they are stored: all replicates one after another, the facts beside them. */
export function importancePiece(images: readonly ImageImportance[]): StagePiece<Facts[]> {
  const data = Float64Array.from(images.flatMap(({ replicates }) => replicates.flatMap((one) => [...one])));
  return {
    tensors: new Map([['indices', { type: 'float64', dims: [data.length], data }]]),
    value: images.map(({ replicates, ...rest }) => ({ ...rest, replicates: replicates.length })),
  };
}

/** The inverse of {@link importancePiece}. */
export function readImportances({ tensors, value }: StagePiece<Facts[]>): ImageImportance[] {
  const { data } = tensors.get('indices') as Tensor<'float64'>;
  const nConcepts = data.length / value.reduce((sum, { replicates }) => sum + replicates, 0);
  let offset = 0;
  return value.map(({ replicates, ...rest }) => ({
    ...rest,
    replicates: Array.from({ length: replicates }, () => {
      offset += nConcepts;
      return data.slice(offset - nConcepts, offset);
    }),
  }));
}

/**
 * The total indices of r concepts that pieces hold, put aside on the disk: those of an image are read when they are asked for.
 * What else is known of an image takes some bytes of memory.
 */
export async function collectImportances(
  pieces: AsyncIterable<StagePiece<Facts[]>>,
  nConcepts: number,
  spool: ByteSpool,
): Promise<readonly ImageImportance[]> {
  const starts: number[] = [];
  const kinds = new Map<string, Omit<Facts, 'replicates'>>();
  const kindOf: Omit<Facts, 'replicates'>[] = [];
  let end = 0;
  for await (const { tensors, value } of pieces) {
    const { data } = tensors.get('indices') as Tensor<'float64'>;
    spool.append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    for (const { replicates, ...facts } of value) {
      starts.push(end);
      end += replicates;
      // Most images share what is known of them.
      const key = JSON.stringify(facts);
      const kind = kinds.get(key) ?? facts;
      kinds.set(key, kind);
      kindOf.push(kind);
    }
  }
  starts.push(end);
  const rows = spooledRows(spool, { type: 'float64', offset: 0, dims: [end, nConcepts] });
  return lazyList(kindOf.length, (image) => ({
    ...kindOf[image],
    replicates: rows.slice(starts[image], starts[image + 1]),
  }));
}
