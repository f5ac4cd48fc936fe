import { imageImportance, type ImageImportance } from '../../concepts/importance.ts';
import { maskedParent } from '../../concepts/recursion/masked-parent.ts';
import type { Importance } from '../../concepts/explanation.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import { fingerprintOf } from '../../project/canonical-json.ts';
import { openChunks } from '../../project/stage-store.ts';
import { createRandom } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { partsInImage, type FoundParts, type PartsQuestion } from './parts.ts';
import type { SplitContext } from '../split-parent.ts';

/** Images in which importance is estimated, spread over those of the split; their scatter makes the interval. */
const MOST_IMAGES = 12;
/** A quarter of the size of a class's design: every mask runs the sub-model and the least squares after it. */
const SAMPLES = 32;
const REPLICATES = 2;

/** Total indices of the parts in some of a split's images. */
export interface PartImportances {
  readonly images: readonly ImageImportance[];
  readonly design: Pick<Importance, 'design' | 'samples' | 'replicates'>;
  /** Means over replicates [images, k], in order of the split's bank. */
  readonly tensor: Tensor<'float64'>;
}

/** Importance of every part for its parent, image by image; each image is stored as it is done. */
export async function partImportances(
  { environment, project, options, onProgress, signal }: SplitContext,
  key: string,
  question: Omit<PartsQuestion, 'activations'>,
  found: FoundParts,
  read: (images: readonly number[]) => Promise<Matrix[]>,
): Promise<PartImportances> {
  const { parent, earlier, between, chosen } = question;
  const fingerprint = fingerprintOf(environment.storage, [key, SAMPLES, REPLICATES]);
  const chunks = await openChunks(project, 'split-importance', fingerprint);
  const count = Math.min(MOST_IMAGES, chosen.length);
  const spread = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * chosen.length) / count));
  const random = createRandom(options.seed);
  const seeds = spread.map(() => random.integer(2 ** 32));
  const images: ImageImportance[] = [];
  for (const [i, image] of spread.entries()) {
    signal?.throwIfAborted();
    const stored = await chunks.get(i, async () => {
      const activations = await read([image]);
      const own = {
        ...question,
        activations,
        footprints: [question.footprints[image]],
        chosen: [chosen[image]],
      };
      const inImage = partsInImage(own, { ...found, coefficients: [found.coefficients[image]] }, 0);
      const parentFunction = {
        ...parent,
        earlier,
        between: (batch: Tensor<'float32'>) => between.run(batch),
      };
      const indices = await imageImportance(maskedParent(parentFunction, inImage), found.partBank.rows, {
        design: options.design,
        samples: SAMPLES,
        replicates: REPLICATES,
        seed: seeds[i],
      });
      return tensorsOf(indices);
    });
    images.push(fromTensors(stored));
    onProgress({ stage: 'parts', done: i + 1, total: count });
  }
  return {
    images,
    design: { design: options.design, samples: SAMPLES, replicates: REPLICATES },
    tensor: meansOf(images),
  };
}

const STATUSES = ['ok', 'constant-output', 'non-finite'] as const;

function tensorsOf({ replicates, evaluations, status }: ImageImportance): Map<string, Tensor> {
  const data = Float64Array.from(replicates.flatMap((one) => [...one]));
  return new Map<string, Tensor>([
    ['indices', { type: 'float64', dims: [replicates.length, data.length / replicates.length], data }],
    ['facts', { type: 'int32', dims: [2], data: Int32Array.of(evaluations, STATUSES.indexOf(status)) }],
  ]);
}

function fromTensors(tensors: ReadonlyMap<string, Tensor>): ImageImportance {
  const { data, dims } = tensors.get('indices') as Tensor<'float64'>;
  const [evaluations, status] = (tensors.get('facts') as Tensor<'int32'>).data;
  return {
    replicates: Array.from({ length: dims[0] }, (_, i) => data.slice(i * dims[1], (i + 1) * dims[1])),
    evaluations,
    method: 'sampled',
    status: STATUSES[status],
  };
}

function meansOf(images: readonly ImageImportance[]): Tensor<'float64'> {
  const k = images[0].replicates[0].length;
  const data = Float64Array.from(
    images.flatMap(({ replicates }) =>
      Array.from(
        { length: k },
        (_, part) => replicates.reduce((sum, one) => sum + one[part], 0) / replicates.length,
      ),
    ),
  );
  return { type: 'float64', dims: [images.length, k], data };
}
