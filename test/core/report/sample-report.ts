import { resolveOptions } from '../../../core/concepts/run-options.ts';
import type { Concept, Explanation, ImageRecord, MapRecord } from '../../../core/concepts/explanation.ts';
import type { Evaluation } from '../../../core/metrics/evaluation.ts';
import type { RgbImage } from '../../../core/platform.ts';
import type { ProjectFile, RunFile } from '../../../core/project/schema.ts';
import { createRandom } from '../../../core/random.ts';
import { assemblePictures } from '../../../core/report/report-pictures.ts';
import type { PictureOptions } from '../../../core/report/report-pictures.ts';
import { reportDataOf } from '../../../core/report/report-data.ts';
import type { ReportData } from '../../../core/report/report-data.ts';
import type { CoefficientMap } from '../../../core/report/rgb-picture.ts';
import { sharpCodec } from '../../../core/runtime/image-codec.ts';
import type { NotesFile } from '../../../core/project/run-notes.ts';

const NAMES = ['striped hull', 'waves', 'white sail', 'stamp in the corner', 'open sky', 'rocks'];
const FRAME = { width: 128, height: 128 };

export interface SampleOptions {
  readonly concepts?: number;
  readonly images?: number;
  /** File name of every image. */
  readonly fileOf?: (image: number) => string;
  readonly loadImage?: PictureOptions['loadImage'];
  /** Methods by which the maps are drawn. */
  readonly maps?: readonly MapRecord[];
}

/** Four methods, and what is known of each. */
export const FOUR_METHODS: readonly MapRecord[] = [
  { method: 'gated-gradient', nearDegenerate: 0.032 },
  { method: 'gradient-input', nearDegenerate: 0.032 },
  { method: 'grad-cam', layer: 'stage3', nearDegenerate: 0.032 },
  { method: 'upsampled-coefficients' },
];

/** An explanation as a run would write it: falling importance, a tie, one image lost, one file skipped. */
export function sampleExplanation({
  concepts = 6,
  images = 40,
  fileOf = (image) => `/photos/harbour/IMG_${2000 + image}.jpg`,
  maps,
}: SampleOptions = {}): Explanation {
  const random = createRandom(7);
  return {
    classIndex: 1,
    className: 'boat',
    layer: {
      tensor: '/features/stage4/relu_7/Relu_output_0',
      shape: [1, 128, 8, 8],
      kind: 'spatial',
      channelAxis: 1,
      grid: [8, 8],
      computeShare: 0.968,
    },
    images: Array.from({ length: images }, (_, i) => sampleImage(fileOf(i), i, random.normal())),
    concepts: Array.from({ length: concepts }, (_, rank) => sampleConcept(rank, images, random.uniform())),
    reconstruction: { r2: 0.83, relativeError: 0.34, agreement: 0.975 },
    factorization: { method: 'nmf', status: 'converged', iterations: 112, rows: images * 49 },
    importance: {
      design: 'sobol',
      samples: 128,
      replicates: 4,
      evaluations: 245_760,
      method: 'sampled',
      still: 0,
    },
    rest: { mean: 0.052, low: 0.041, high: 0.066, images: 40 },
    skipped: [
      { file: '/photos/harbour/IMG_2047.jpg', reason: 'corrupt JPEG: premature end of data' },
      { file: '/photos/harbour/empty.png', reason: 'the file is empty' },
    ],
    ...(maps && { maps }),
  };
}

function sampleImage(file: string, index: number, noise: number): ImageRecord {
  const logit = 8 + 1.6 * noise;
  const agrees = index !== 3;
  return {
    file,
    predicted: { index: 1, name: 'boat', probability: 1 / (1 + Math.exp(-logit / 2)) },
    logit,
    reconstructedLogit: agrees ? logit * 0.94 + 0.2 * Math.sin(index * 7) : 2.1,
    agrees,
  };
}

function sampleConcept(rank: number, images: number, noise: number): Concept {
  const mean = 0.44 * 0.66 ** rank + (rank === 2 ? 0.06 : 0);
  const half = 0.012 + 0.08 * mean;
  return {
    id: `c${rank}`,
    name: NAMES[rank] ?? `concept ${rank + 1}`,
    importance: { mean, low: mean - half, high: mean + half },
    tier: rank < 2 ? rank : rank < 4 ? 1 : rank - 2,
    prevalence: Math.max(0.08, 0.97 - 0.11 * rank - 0.05 * noise),
    crops: Array.from({ length: Math.min(images, 12) }, (_, i) => ({
      image: (rank * 5 + i * 3) % images,
      box: [8 * ((rank + i) % 8), 8 * ((rank * 3 + i) % 8), 36, 36],
      coefficient: 4.2 - 0.21 * i - 0.3 * (rank % 6),
    })),
  };
}

/** A made-up photograph: a sky, a sea and a bright disc, different for every index. */
export function gradientImage(index: number, side = 128): RgbImage {
  const data = new Uint8Array(side * side * 3);
  const [cx, cy] = [side * (0.3 + 0.4 * ((index * 0.37) % 1)), side * (0.3 + 0.4 * ((index * 0.61) % 1))];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const inside = Math.hypot(x - cx, y - cy) < side * 0.18;
      const horizon = y > side * 0.6;
      const at = (y * side + x) * 3;
      data[at] = inside ? 235 : horizon ? 20 + (x * 60) / side : 120 + (y * 80) / side;
      data[at + 1] = inside ? 180 - index : horizon ? 70 + 20 * Math.sin(x / 5) : 160 + (y * 60) / side;
      data[at + 2] = inside ? 60 : horizon ? 110 : 220;
    }
  return { width: side, height: side, data };
}

/** A blob of the concept, wandering from image to image. */
export function blobMap(concept: number, image: number): CoefficientMap {
  const values = new Float32Array(64);
  const [cx, cy] = [1 + ((concept * 5 + image * 3) % 6), 1 + ((concept * 2 + image) % 6)];
  for (let i = 0; i < 64; i++)
    values[i] = 4 * Math.exp(-(((i % 8) - cx) ** 2 + (Math.floor(i / 8) - cy) ** 2) / 3);
  return { values, grid: [8, 8] };
}

export const sampleProject: ProjectFile = {
  schemaVersion: 3,
  created: '2026-11-22T09:30:00.000Z',
  model: { path: '/models/harbour/boat-classifier.onnx', sha256: '9f2c'.repeat(16) },
  preprocessing: {
    preset: 'imagenet',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    layout: 'NCHW',
  },
  labels: { source: 'card.json beside the model' },
  imageRoots: ['/photos/harbour'],
  runs: ['run1'],
};

export function sampleRun(explanation: Explanation): RunFile {
  return {
    schemaVersion: 3,
    id: 'run1',
    created: '2026-11-22T09:30:00.000Z',
    options: resolveOptions({
      model: '/models/harbour/boat-classifier.onnx',
      images: ['/photos/harbour'],
      class: 'boat',
      concepts: 6,
      rows: 'crops',
    }),
    seed: 0,
    versions: { tessera: '0.1.0', 'onnxruntime-node': '1.30.0', node: '20.20.0' },
    device: { requested: 'auto', used: 'cpu', fallbackReasons: ['cuda: no NVIDIA driver was found'] },
    stages: {
      images: { status: 'done', fingerprint: 'a1', elapsedMs: 840 },
      activations: { status: 'done', fingerprint: 'a2', elapsedMs: 12_400 },
      factorisation: { status: 'done', fingerprint: 'a3', elapsedMs: 2210 },
      importance: { status: 'done', fingerprint: 'a4', elapsedMs: 65_300 },
    },
    explanation,
  };
}

/** A good evaluation of the sample's six concepts. */
export function sampleEvaluation(concepts = 6): Evaluation {
  const falling = (power: number): number[] =>
    Array.from({ length: concepts + 1 }, (_, k) => (1 - k / concepts) ** power);
  const curves = (scores: (power: number) => number[], areas: readonly [number, number, number]) => {
    const order = (power: number, auc: number) => ({
      logits: scores(power).map((score) => 8 * score),
      scores: scores(power),
      auc,
      interval: [auc - 0.02, auc + 0.02] as const,
      beatsRandom: 0.99,
    });
    const random = {
      low: scores(2).map((score) => score - 0.1),
      high: scores(0.5).map((score) => score + 0.1),
    };
    return {
      status: 'ok' as const,
      orders: { sobol: order(3, areas[0]), size: order(2, areas[1]), gradient: order(2.6, areas[2]) },
      random: { logits: scores(1), scores: scores(1), auc: 0.5, interval: [0.3, 0.7] as const, band: random },
    };
  };
  return {
    level: 'quick',
    images: 32,
    hitRate: { known: 40, hits: 38, aboveChance: 0.9 },
    reconstruction: { r2: 0.83, relativeError: 0.34 },
    fidelity: { agreement: 0.975, logitR2: 0.81, logitError: 0.3 },
    deletion: curves(falling, [0.22, 0.3, 0.25]),
    insertion: curves((power) => falling(power).map((score) => 1 - score), [0.78, 0.7, 0.75]),
    muFidelity: { mean: 0.74, interval: [0.7, 0.78], images: 32 },
    stability: {
      mean: 0.93,
      min: 0.7,
      unmatched: 0.31,
      seeds: { count: 1, mean: 0.95 },
      bootstraps: { count: 3, mean: 0.92 },
      concepts: Array.from({ length: concepts }, (_, c) => ({ mean: 0.98 - 0.06 * c, min: 0.9 - 0.1 * c })),
    },
    sparsity: Array.from({ length: concepts }, (_, c) => ({ hoyer: 0.7 - 0.05 * c, kurtosis: 9 - c })),
    collinearity: { dead: [], pairs: [] },
    sanity: { similarity: 0.12, maps: 48, flat: 0 },
    rank: {
      suggested: 4,
      points: [2, 4, 6, 8, 10].map((r) => ({
        r,
        r2: 1 - 0.6 / r,
        relativeError: 0.4 - 0.02 * r,
        stability: 1 - 0.02 * r,
        importanceMass: 1 - 0.01 * r,
      })),
    },
  };
}

export const noNotes: NotesFile = { schemaVersion: 3, names: {}, hidden: [], merged: [], comments: {} };

/** A whole report with pictures. */
export async function sampleReport(options: SampleOptions = {}): Promise<ReportData> {
  const explanation = sampleExplanation(options);
  const pictures = await assemblePictures({
    explanation,
    codec: sharpCodec,
    loadImage: options.loadImage ?? ((image) => Promise.resolve(gradientImage(image))),
    frame: FRAME,
    mapOf: blobMap,
    ...(options.maps && { furtherMapsOf: options.maps.slice(1).map(() => blobMap) }),
  });
  const random = createRandom(3);
  const strengths = Object.fromEntries(
    explanation.concepts.map(({ id, prevalence }) => [
      id,
      explanation.images.map(() => (random.uniform() < prevalence ? 0.4 + 2.6 * random.uniform() ** 2 : 0)),
    ]),
  );
  const notes = {
    ...noNotes,
    comments: { c3: 'The stamp sits in the lower right corner of 29 of the 40 photographs.' },
  };
  const evaluation = sampleEvaluation(explanation.concepts.length);
  return reportDataOf(sampleProject, sampleRun(explanation), notes, pictures, strengths, { evaluation });
}
