import { fromRows, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import { strongest } from '../../concepts/strongest.ts';
import { lazyList, rowsOf } from '../../lazy-list.ts';
import type { ByteSpool } from '../../platform.ts';
import { spooledRows } from '../../project/column-file.ts';
import { reconstruct } from '../../concepts/reconstruct.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { matrixTensor } from '../../linalg/matrix-tensor.ts';
import { matrix, type Matrix } from '../../linalg/matrix.ts';
import { decide } from '../../score/decision.ts';
import type { StagePiece } from '../../project/stage-entry.ts';
import { expectFloat32, float32, type Tensor } from '../../tensor.ts';
import { CHUNK, chunked } from '../chunked.ts';
import { runnerFor, cutAt } from '../model-parts.ts';
import type { ModelRunner } from '../model-runner.ts';
import { readBatch, requireAll } from '../pictures.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';

/** What the model and the concepts say of every explained image; all arrays in the order of the images. */
export interface ImageCoefficients {
  /** U(x) [positions, r] of each image, put aside on the disk: they are read as they are asked for. */
  readonly coefficients: readonly Matrix[];
  /** Largest coefficient of each concept [r] in each image. */
  readonly strengths: readonly Float32Array[];
  /** Logit of the class, from the activations and from their reconstruction. */
  readonly logits: Float32Array;
  readonly reconstructedLogits: Float32Array;
  /** Does the reconstruction lead to the model's own prediction? 1 or 0. */
  readonly agrees: Uint8Array;
}

/** Exact coefficients of every position of every image, and what the head makes of the reconstruction. */
export const coefficientsStage = defineStage({
  name: 'coefficients',
  inputs: { bank: bankStage },
  facts: ['classIndex'],
  version: 2,
  chunk: CHUNK,
  isShared: true,
  compute: (context) => imageCoefficients(context, context.inputs.bank.conceptBank),
});

type Context = Omit<
  StageContext<'coefficients', 'intake' | 'device' | 'layer' | 'images' | 'classIndex'>,
  'inputs' | 'options'
>;

/**
 * {@link coefficientsStage} for a bank from anywhere.
 *
 * @internal Tests compare with it.
 */
export async function imageCoefficients(
  context: Context,
  conceptBank: CodedBank,
): Promise<ImageCoefficients> {
  const { layer, images, intake, environment } = context;
  const parts = cutAt(intake, layer);
  const latent = runnerFor(context, parts.latent);
  const head = runnerFor(context, parts.head);
  const pieces = chunked(context, {
    stage: 'coefficients',
    count: images.length,
    prepare: (start, end) =>
      readBatch(environment.codec, images.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch) =>
      coefficientsPiece(context, conceptBank, head, await latent.run(requireAll(batch))),
  });
  try {
    return await collected(pieces, images.length, {
      positions: positionsOf(layer),
      concepts: conceptBank.rows,
      spool: context.entry.openSpool(),
    });
  } finally {
    await latent.dispose();
    await head.dispose();
  }
}

/** What is stored of some images, from their activations at the layer. */
export async function coefficientsPiece(
  context: Omit<Context, 'images' | 'entry'>,
  conceptBank: CodedBank,
  head: ModelRunner,
  activations: Tensor<'float32'>,
): Promise<StagePiece<null>> {
  return { tensors: await outcomeTensors(context, conceptBank, head, activations), value: null };
}

async function outcomeTensors(
  { layer, classIndex, intake: { score }, signal }: Omit<Context, 'images' | 'entry'>,
  conceptBank: CodedBank,
  head: ModelRunner,
  activations: Tensor<'float32'>,
): Promise<Map<string, Tensor>> {
  const { coefficients } = await codesOf(toRows(activations, layer), conceptBank, signal ? { signal } : {});
  const reconstructed = await head.run(fromRows(reconstruct(coefficients, conceptBank), layer));
  const own = await head.run(activations);
  const count = own.dims[0];
  const classes = own.data.length / count;
  const rowOf = ({ data }: Tensor<'float32'>, i: number) => data.subarray(i * classes, (i + 1) * classes);
  const images = Array.from({ length: count }, (_, i) => i);
  const logitsOf = (outputs: Tensor<'float32'>) =>
    float32(
      Float32Array.from(images, (i) => rowOf(outputs, i)[classIndex]),
      [count],
    );
  const agrees = images.map((i) =>
    Number(decide(score, rowOf(own, i)) === decide(score, rowOf(reconstructed, i))),
  );
  return new Map<string, Tensor>([
    ['coefficients', matrixTensor(coefficients)],
    ['logits', logitsOf(own)],
    ['reconstructedLogits', logitsOf(reconstructed)],
    ['agrees', { type: 'uint8', dims: [count], data: Uint8Array.from(agrees) }],
  ]);
}

async function collected(
  pieces: AsyncIterable<{ readonly tensors: ReadonlyMap<string, Tensor> }>,
  count: number,
  {
    positions,
    concepts,
    spool,
  }: { readonly positions: number; readonly concepts: number; readonly spool: ByteSpool },
): Promise<ImageCoefficients> {
  const strengths = new Float32Array(count * concepts);
  let start = 0;
  const logits = new Float32Array(count);
  const reconstructedLogits = new Float32Array(count);
  const agrees = new Uint8Array(count);
  for await (const { tensors } of pieces) {
    const arrayOf = (name: string) => expectFloat32(tensors.get(name), name);
    const own = coefficientsIn(tensors, positions);
    own.forEach((image, at) => strengths.set(strongest(image), (start + at) * concepts));
    const { data } = arrayOf('coefficients');
    spool.append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    logits.set(arrayOf('logits').data, start);
    reconstructedLogits.set(arrayOf('reconstructedLogits').data, start);
    agrees.set((tensors.get('agrees') as Tensor<'uint8'>).data, start);
    start += own.length;
  }
  const rows = spooledRows(spool, { type: 'float32', offset: 0, dims: [count, positions, concepts] });
  const coefficients = lazyList(count, (image) => matrix(positions, concepts, rows[image]));
  return { coefficients, strengths: rowsOf(strengths, concepts), logits, reconstructedLogits, agrees };
}

/** U(x) [positions, r] of each image of a stored piece. */
export function coefficientsIn(tensors: StagePiece['tensors'], positions: number): Matrix[] {
  const { data, dims } = expectFloat32(tensors.get('coefficients'), 'coefficients');
  const size = positions * dims[1];
  return Array.from({ length: data.length / size }, (_, image) =>
    matrix(positions, dims[1], data.subarray(image * size, (image + 1) * size)),
  );
}
