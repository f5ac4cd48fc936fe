import type { ImageImportance } from '../../concepts/importance.ts';
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
