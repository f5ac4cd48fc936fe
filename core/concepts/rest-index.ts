import { matrix } from '../linalg/matrix.ts';
import { bootstrapImportance } from '../sensitivity/bootstrap.ts';
import { lastTotalIndex, type LastTotalIndex } from '../sensitivity/last-total-index.ts';
import { linearExact } from '../sensitivity/linear-exact.ts';
import type { TotalIndexOptions } from '../sensitivity/total-index.ts';
import type { Estimate } from './explanation.ts';
import type { MaskedLogit } from './masked-head.ts';

/** Share of the score's movement that involves what no concept explains, in one image. */
export interface RestIndex extends LastTotalIndex {
  readonly method: 'sampled' | 'exact';
}

/**
 * Total index of the rest A - UW beside `nConcepts` concepts on the score of one image: in closed form where the head is
 * affine in the masks, sampled otherwise. `logit` takes the rest as its last mask (see MaskedHeadWithRest).
 */
export async function restIndex(
  logit: MaskedLogit,
  nConcepts: number,
  options: Pick<TotalIndexOptions, 'design' | 'samples' | 'replicates' | 'seed'>,
): Promise<RestIndex> {
  if (logit.slopes !== undefined) {
    const { indices, status } = linearExact(logit.slopes);
    return { replicates: [indices[nConcepts]], status, method: 'exact' };
  }
  const sampled = await lastTotalIndex((masks) => logit.evaluate(masks), nConcepts + 1, options);
  return { ...sampled, method: 'sampled' };
}

/**
 * By how much the score of one image falls when each concept is taken out of the model's own activations, [r]; below 0 it
 * rises. `logit` as for {@link restIndex}.
 */
export async function conceptEffects(logit: MaskedLogit, nConcepts: number): Promise<number[]> {
  if (logit.slopes !== undefined) return [...logit.slopes.subarray(0, nConcepts)];
  const players = nConcepts + 1;
  const masks = matrix(players, players);
  masks.data.fill(1);
  for (let concept = 0; concept < nConcepts; concept++) masks.data[concept * players + concept] = 0;
  const scores = await logit.evaluate(masks);
  return Array.from({ length: nConcepts }, (_, concept) => scores[nConcepts] - scores[concept]);
}

/** Mean share over the images that anything moves, with its 95 % interval; undefined where nothing moves any. */
export function meanRest(
  images: readonly RestIndex[],
  seed: number,
): (Estimate & { readonly images: number }) | undefined {
  const usable = images.filter(({ status }) => status === 'ok');
  if (usable.length === 0) return undefined;
  const vectors = usable.map(({ replicates }) => replicates.map((share) => Float64Array.of(share)));
  const exact = usable.every(({ method }) => method === 'exact');
  const { mean, low, high } = bootstrapImportance(vectors, { exact, seed });
  return { mean: mean[0], low: low[0], high: high[0], images: usable.length };
}
