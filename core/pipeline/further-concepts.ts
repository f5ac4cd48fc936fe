import { fromRows } from '../concepts/latent-rows.ts';
import type { MaskedLogit } from '../concepts/masked-head.ts';
import { withAmounts } from '../concepts/merged-concepts.ts';
import { ownAmounts, withoutOwn, type OwnDirection } from '../concepts/own/own-direction.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { Explanation } from '../concepts/explanation.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { Tensor } from '../tensor.ts';
import type { StoredOwnConcept } from '../concepts/own/own-concept.ts';
import { strongest } from '../concepts/strongest.ts';
import type { Merge } from './merged-run.ts';

/** A concept that is not a row of a run's bank: merged ones by the first of them, or one that a person gave by examples. */
export type FurtherConcept =
  | { readonly kind: 'merged'; readonly id: string; readonly columns: readonly number[] }
  | { readonly kind: 'own'; readonly id: string; readonly own: OwnDirection };

/** Those of a run, in the order in which their figures follow those of its bank. */
export function furtherConcepts(
  merges: readonly Pick<Merge, 'group'>[],
  own: readonly StoredOwnConcept[],
): FurtherConcept[] {
  return [
    ...merges.map(({ group }) => ({ kind: 'merged' as const, id: group[0], columns: group.map(rowOfId) })),
    ...own.map(({ concept, tensors }) => ({ kind: 'own' as const, id: concept.id, own: tensors })),
  ];
}

/** Where the figures of a concept are among those of the `r` rows of a bank and the further ones. */
export function columnOf(id: string, r: number, further: readonly Pick<FurtherConcept, 'id'>[]): number {
  const place = further.findIndex((one) => one.id === id);
  return place < 0 ? rowOfId(id) : r + place;
}

/** A picture in the terms of a run, as score-images.ts goes through them. */
export interface CodedPicture {
  /** Activations, as the head takes them and as rows [positions, p]. */
  readonly own: Tensor<'float32'>;
  readonly rows: Matrix;
  /** [positions, r] */
  readonly coefficients: Matrix;
}

/** Strongest amount of each further concept in a picture, and by how much the score falls without it. */
export interface FurtherFigures {
  readonly amounts: readonly number[];
  readonly contributions: readonly number[];
}

/**
 * Looks for further concepts in one picture. Merged ones are taken out together, from the concepts' part of the activations;
 * an own one as far as it is there (own-direction.ts). `scoreOf` is the score of activations.
 */
export async function furtherFigures(
  further: readonly FurtherConcept[],
  { layer }: Pick<Explanation, 'layer'>,
  conceptBank: CodedBank,
  { own: activations, rows, coefficients }: CodedPicture,
  {
    logit,
    scoreOf,
  }: {
    readonly logit: MaskedLogit;
    readonly scoreOf: (activations: Tensor<'float32'>) => Promise<number>;
  },
): Promise<FurtherFigures> {
  const amounts: number[] = [];
  const contributions: number[] = [];
  for (const one of further) {
    if (one.kind === 'merged') {
      const { cols } = coefficients;
      amounts.push(strongest(withAmounts(coefficients, conceptBank, [one.columns]))[cols]);
      contributions.push(await groupEffect(logit, one.columns, cols));
      continue;
    }
    const there = ownAmounts(rows, one.own);
    const most = there.reduce((so, amount) => Math.max(so, amount), 0);
    amounts.push(most);
    contributions.push(
      most === 0
        ? 0
        : (await scoreOf(activations)) - (await scoreOf(fromRows(withoutOwn(rows, one.own, there), layer))),
    );
  }
  return { amounts, contributions };
}

/** By how much the score falls without some columns of a bank of `r`. */
async function groupEffect(logit: MaskedLogit, columns: readonly number[], r: number): Promise<number> {
  const { slopes } = logit;
  if (slopes !== undefined) return columns.reduce((sum, column) => sum + slopes[column], 0);
  const masks = matrix(2, r + 1);
  masks.data.fill(1);
  for (const column of columns) masks.data[column] = 0;
  const [without, whole] = await logit.evaluate(masks);
  return whole - without;
}
