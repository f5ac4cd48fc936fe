import type { Decomposition } from '../../concepts/explanation.ts';
import { findParts, scatterRows } from '../../concepts/recursion/find-parts.ts';
import { rebuilt, type PartsInImage } from '../../concepts/recursion/masked-parent.ts';
import { fromRows, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import { TesseraError } from '../../errors.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import { matrixTensor, stackTensor, tensorMatrices, tensorMatrix } from '../../linalg/matrix-tensor.ts';
import { matrix, matrixColumn, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { reconstructionError } from '../../metrics/reconstruction.ts';
import { expectFloat32 } from '../../tensor.ts';
import type { ModelRunner } from '../model-runner.ts';
import { defineStage, type StageContext } from '../stage.ts';
import type { ParentConcept } from '../parent-concept.ts';

/** The parts of a concept in the chosen images, before their importance is known. */
export interface FoundParts extends Pick<
  Decomposition,
  'factorization' | 'reconstruction' | 'reproduction' | 'stability'
> {
  readonly partBank: Matrix;
  /** U' [P', k] of each chosen image, zero outside its footprint. */
  readonly coefficients: readonly Matrix[];
}

/** The places of a decomposition, and what reads activations there. */
export interface PartsRequest {
  /** Places of the chosen images in the parent's lists, and the footprint of each. */
  readonly chosen: readonly number[];
  readonly footprints: readonly Uint8Array[];
  /** A coefficient of this size makes a position the parent's. */
  readonly threshold: number;
  /** From the earlier layer to the parent's. */
  readonly between: ModelRunner;
  /** Activations [P', p'] of chosen images at the earlier layer. */
  readonly read: (images: readonly number[]) => Promise<Matrix[]>;
}

/** The parts of a concept: the factorisation of the activations in its footprints at an earlier cut. */
export const partsStage = defineStage({
  name: 'parts',
  inputs: {},
  facts: ['intake', 'device', 'parent', 'earlier', 'images'],
  version: 2,
  label: ({ parent }) => `split-${parent.id}`,
  compute: storedParts,
});

type Context = StageContext<'parts', 'intake' | 'device' | 'parent' | 'earlier' | 'images'>;

async function storedParts(context: Context, request: PartsRequest): Promise<FoundParts> {
  const { tensors, value } = await context.entry.get(0, async () => {
    const { partBank, coefficients, ...facts } = await partsOf(context, request);
    return {
      tensors: new Map([
        ['conceptBank', matrixTensor(partBank)],
        ['coefficients', stackTensor(coefficients)],
      ]),
      value: {
        ...facts,
        factorization: { ...facts.factorization },
        reconstruction: { ...facts.reconstruction },
        reproduction: { ...facts.reproduction },
      },
    };
  });
  const arrayOf = (name: string) => expectFloat32(tensors.get(name), name);
  return {
    ...value,
    partBank: tensorMatrix(arrayOf('conceptBank')),
    coefficients: tensorMatrices(arrayOf('coefficients')),
  };
}

/** Factorises the footprints' activations and measures how much of the parent comes back from the parts. */
async function partsOf(context: Context, request: PartsRequest): Promise<FoundParts> {
  const { device, signal, earlier, options } = context;
  const { footprints } = request;
  const activations = await request.read([...footprints.keys()]);
  const places = footprints.flatMap((inside, image) =>
    [...inside.keys()].filter((row) => inside[row] === 1).map((row) => ({ image, row })),
  );
  const rows = gather(activations, places);
  checkParts(rows, options.parts);
  const solver = { gemm: device.gemm, ...(signal && { signal }) };
  const imageOf = places.map(({ image }) => image);
  const found = await findParts(rows, imageOf, { ...solver, parts: options.parts, seed: options.seed });
  const exact = (await codesOf(rows, found.conceptBank, solver)).coefficients;
  const coefficients = activations.map((_, image) => {
    const own = [...places.keys()].filter((i) => places[i].image === image);
    return scatterRows(
      takeRows(exact, own),
      own.map((i) => places[i].row),
      positionsOf(earlier),
    );
  });
  const { conceptBank: partBank, method, status, stats, stability } = found;
  return {
    partBank,
    coefficients,
    factorization: { method, status, iterations: stats.iterations, rows: rows.rows },
    reconstruction: reconstructionError(rows, exact, partBank),
    stability,
    reproduction: await reproductionOf(context, request, activations, { partBank, coefficients }),
  };
}

/** The chosen image at place `i` as the masked parent takes it. */
export function partsInImage(
  parent: ParentConcept,
  { chosen, threshold, footprints }: Pick<PartsRequest, 'chosen' | 'threshold' | 'footprints'>,
  { partBank, coefficients }: Pick<FoundParts, 'partBank' | 'coefficients'>,
  i: number,
  activations: Matrix,
): PartsInImage {
  const own = matrixColumn(parent.coefficients[chosen[i]], parent.column);
  return {
    activations,
    coefficients: coefficients[i],
    partBank,
    inside: footprints[i],
    counted: [...own.keys()].filter((position) => own[position] >= threshold),
  };
}

/** The parent's coefficients from the rebuilt activations against its own, over all positions that count. */
async function reproductionOf(
  { parent, earlier }: Context,
  request: PartsRequest,
  activations: readonly Matrix[],
  found: Pick<FoundParts, 'partBank' | 'coefficients'>,
): Promise<Decomposition['reproduction']> {
  const before: number[] = [];
  const after: number[] = [];
  for (const [i, place] of request.chosen.entries()) {
    const image = partsInImage(parent, request, found, i, activations[i]);
    const sent = await request.between.run(fromRows(rebuilt(image), earlier));
    const again = (await codesOf(toRows(sent, parent.layer), parent.conceptBank)).coefficients;
    const own = matrixColumn(parent.coefficients[place], parent.column);
    const inside = parent.inside?.[place];
    matrixColumn(again, parent.column).forEach((value, position) => {
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
    `The concept can be decomposed into 1 to ${most} parts here (${rows} places, ${cols} channels); got ${parts}.`,
    { hint: 'Ask for fewer parts, or a layer with more positions.' },
  );
}
