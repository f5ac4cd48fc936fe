import type { ConceptSplit, LayerRecord } from '../../concepts/explanation.ts';
import { findParts, scatterRows } from '../../concepts/recursion/find-parts.ts';
import { rebuilt, type PartsInImage } from '../../concepts/recursion/masked-parent.ts';
import { fromRows, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import { TesseraError } from '../../errors.ts';
import { nnls } from '../../factorization/nnls.ts';
import { matrix, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { reconstructionError } from '../../metrics/reconstruction.ts';

import type { ModelRunner } from '../model-runner.ts';
import type { RunScope } from '../run-context.ts';
import { columnOf } from '../split-images.ts';
import type { SplitParent } from '../split-parent.ts';

/** The parts of a concept in the chosen images, before their importance is known. */
export interface FoundParts extends Pick<
  ConceptSplit,
  'factorization' | 'reconstruction' | 'reproduction' | 'stability'
> {
  readonly partBank: Matrix;
  /** U' [P', k] of each chosen image, zero outside its footprint. */
  readonly coefficients: readonly Matrix[];
}

export interface PartsQuestion {
  readonly parent: SplitParent;
  readonly earlier: LayerRecord;
  readonly parts: number;
  readonly seed: number;
  /** Places of the chosen images in the parent's lists, and for each its activations and footprint. */
  readonly chosen: readonly number[];
  /** A coefficient of this size makes a position the parent's. */
  readonly threshold: number;
  readonly activations: readonly Matrix[];
  readonly footprints: readonly Uint8Array[];
  /** From the earlier layer to the parent's. */
  readonly between: ModelRunner;
}

/** Factorises the footprints' activations and measures how much of the parent comes back from the parts. */
export async function partsOf(
  { device, signal }: Pick<RunScope, 'device' | 'signal'>,
  question: PartsQuestion,
): Promise<FoundParts> {
  const { activations, footprints, earlier, parts, seed } = question;
  const places = footprints.flatMap((inside, image) =>
    [...inside.keys()].filter((row) => inside[row] === 1).map((row) => ({ image, row })),
  );
  const rows = gather(activations, places);
  checkParts(rows, parts);
  const options = { gemm: device.gemm, ...(signal && { signal }) };
  const imageOf = places.map(({ image }) => image);
  const found = await findParts(rows, imageOf, { ...options, parts, seed });
  const exact = (await nnls(rows, found.conceptBank, options)).coefficients;
  const coefficients = activations.map((_, image) => {
    const own = [...places.keys()].filter((i) => places[i].image === image);
    return scatterRows(
      takeRows(exact, own),
      own.map((i) => places[i].row),
      positionsOf(earlier),
    );
  });
  return {
    partBank: found.conceptBank,
    coefficients,
    factorization: {
      method: found.method,
      status: found.status,
      iterations: found.stats.iterations,
      rows: rows.rows,
    },
    reconstruction: reconstructionError(rows, exact, found.conceptBank),
    stability: found.stability,
    reproduction: await reproductionOf(question, found.conceptBank, coefficients),
  };
}

/** Image `i` of a split as the masked parent takes it. */
export function partsInImage(
  { parent, chosen, threshold, activations, footprints }: Omit<PartsQuestion, 'between'>,
  { partBank, coefficients }: Pick<FoundParts, 'partBank' | 'coefficients'>,
  i: number,
): PartsInImage {
  const own = columnOf(parent.coefficients[chosen[i]], parent.column);
  return {
    activations: activations[i],
    coefficients: coefficients[i],
    partBank,
    inside: footprints[i],
    counted: [...own.keys()].filter((position) => own[position] >= threshold),
  };
}

/** The parent's coefficients from the rebuilt activations against its own, over all positions that count. */
async function reproductionOf(
  question: PartsQuestion,
  partBank: Matrix,
  coefficients: readonly Matrix[],
): Promise<ConceptSplit['reproduction']> {
  const { parent, earlier, between, chosen } = question;
  const before: number[] = [];
  const after: number[] = [];
  for (const [i, place] of chosen.entries()) {
    const image = partsInImage(question, { partBank, coefficients }, i);
    const sent = await between.run(fromRows(rebuilt(image), earlier));
    const again = (await nnls(toRows(sent, parent.layer), parent.conceptBank)).coefficients;
    const own = columnOf(parent.coefficients[place], parent.column);
    const inside = parent.inside?.[place];
    columnOf(again, parent.column).forEach((value, position) => {
      if (inside !== undefined && inside[position] === 0) return;
      before.push(own[position]);
      after.push(value);
    });
  }
  const asColumn = (values: readonly number[]) => matrix(values.length, 1, Float32Array.from(values));
  return reconstructionError(asColumn(before), asColumn(after), matrix(1, 1, Float32Array.of(1)));
}

/** Rows of the footprints, one image after another. */
function gather(
  activations: readonly Matrix[],
  places: readonly { readonly image: number; readonly row: number }[],
): Matrix {
  const { cols } = activations[0];
  const rows = matrix(places.length, cols);
  places.forEach(({ image, row }, i) =>
    rows.data.set(activations[image].data.subarray(row * cols, (row + 1) * cols), i * cols),
  );
  return rows;
}

function checkParts({ rows, cols }: Matrix, parts: number): void {
  const most = Math.min(rows, cols);
  if (parts >= 1 && parts <= most) return;
  throw new TesseraError(
    'bad-usage',
    `The concept can be split into 1 to ${most} parts here (${rows} places, ${cols} channels); got ${parts}.`,
    { hint: 'Ask for fewer parts, or split at a layer with more positions.' },
  );
}
