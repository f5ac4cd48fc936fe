import { argMax } from '../../concepts/class-probabilities.ts';
import { fromRows, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import { reconstruct } from '../../concepts/reconstruct.ts';
import { nnls } from '../../factorization/nnls.ts';
import { matrix, type Matrix } from '../../linalg/matrix.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { chunked } from '../chunked.ts';
import { runnerFor, splitAt } from '../model-parts.ts';
import { readBatch, requireAll } from '../pictures.ts';
import type { ClassContext } from '../run-context.ts';

/** What the model and the concepts say of every explained image; all arrays in the order of the images. */
export interface ImageCoefficients {
  /** U(x) [positions, r] of each image. */
  readonly coefficients: readonly Matrix[];
  /** Logit of the class, from the activations and from their reconstruction. */
  readonly logits: Float32Array;
  readonly reconstructedLogits: Float32Array;
  /** Does the reconstruction lead to the model's own prediction? 1 or 0. */
  readonly agrees: Uint8Array;
}

/** Exact coefficients of every position of every image, and what the head makes of the reconstruction. */
export async function imageCoefficients(
  context: ClassContext,
  conceptBank: Matrix,
  fingerprint: string,
): Promise<ImageCoefficients> {
  const { layer, images, intake, environment, signal } = context;
  const { latent, head } = splitAt(intake, layer);
  const latentRunner = runnerFor(context, latent);
  const headRunner = runnerFor(context, head);
  const stage = chunked(context, {
    stage: 'coefficients',
    fingerprint,
    count: images.length,
    prepare: (start, end) =>
      readBatch(environment.codec, images.slice(start, end), intake.preprocessing.preprocessing),
    compute: async (batch) => {
      const activations = await latentRunner.run(requireAll(batch));
      const { coefficients } = await nnls(toRows(activations, layer), conceptBank, signal ? { signal } : {});
      const reconstructed = fromRows(reconstruct(coefficients, conceptBank), layer);
      return outcomeTensors(
        coefficients,
        await headRunner.run(activations),
        await headRunner.run(reconstructed),
        context,
      );
    },
  });
  const positions = positionsOf(layer);
  const result = {
    coefficients: [] as Matrix[],
    logits: new Float32Array(images.length),
    reconstructedLogits: new Float32Array(images.length),
    agrees: new Uint8Array(images.length),
  };
  try {
    for await (const chunk of stage) {
      const start = result.coefficients.length;
      const { data } = chunk.get('coefficients') as Tensor<'float32'>;
      const size = positions * conceptBank.rows;
      for (let offset = 0; offset < data.length; offset += size) {
        result.coefficients.push(matrix(positions, conceptBank.rows, data.subarray(offset, offset + size)));
      }
      result.logits.set((chunk.get('logits') as Tensor<'float32'>).data, start);
      result.reconstructedLogits.set((chunk.get('reconstructedLogits') as Tensor<'float32'>).data, start);
      result.agrees.set((chunk.get('agrees') as Tensor<'uint8'>).data, start);
    }
  } finally {
    await latentRunner.dispose();
    await headRunner.dispose();
  }
  return result;
}

function outcomeTensors(
  coefficients: Matrix,
  outputs: Tensor<'float32'>,
  reconstructedOutputs: Tensor<'float32'>,
  { classIndex }: ClassContext,
): Map<string, Tensor> {
  const count = outputs.dims[0];
  const classes = outputs.data.length / count;
  const logits = new Float32Array(count);
  const reconstructedLogits = new Float32Array(count);
  const agrees = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const row = outputs.data.subarray(i * classes, (i + 1) * classes);
    const reconstructed = reconstructedOutputs.data.subarray(i * classes, (i + 1) * classes);
    logits[i] = row[classIndex];
    reconstructedLogits[i] = reconstructed[classIndex];
    agrees[i] = argMax(row) === argMax(reconstructed) ? 1 : 0;
  }
  return new Map<string, Tensor>([
    ['coefficients', float32(coefficients.data, [coefficients.rows, coefficients.cols])],
    ['logits', float32(logits, [count])],
    ['reconstructedLogits', float32(reconstructedLogits, [count])],
    ['agrees', { type: 'uint8', dims: [count], data: agrees }],
  ]);
}
