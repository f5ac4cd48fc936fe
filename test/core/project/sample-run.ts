import { resolveOptions } from '../../../core/concepts/run-options.ts';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import type { ProjectContent, RunContent } from '../../../core/project/project-folder.ts';

export const projectContent: ProjectContent = {
  model: { path: '/models/boat.onnx', sha256: 'ab'.repeat(32) },
  preprocessing: { preset: 'imagenet', mean: [0.485, 0.456, 0.406] },
  labels: { source: 'card', names: ['boat', 'car'] },
  imageRoots: ['/images'],
};

/** The process that writes. */
export const self = { pid: 1, host: 'desk', isAlive: () => true };

export const runContent: RunContent = {
  options: resolveOptions({ model: '/models/boat.onnx', images: ['/images'], class: 'boat', rows: 'crops' }),
  seed: 0,
  command: 'tessera explain --class boat',
  versions: { tessera: '0.1.0' },
  device: { requested: 'auto', used: 'cpu', fallbackReasons: ['cuda: no device'] },
};

export const explanation: Explanation = {
  classIndex: 0,
  className: 'boat',
  layer: {
    tensor: 'relu_7',
    shape: [1, 128, 8, 8],
    kind: 'spatial',
    channelAxis: 1,
    grid: [8, 8],
    computeShare: 0.97,
  },
  images: [
    {
      file: '/images/a.jpg',
      predicted: { index: 0, name: 'boat', probability: 0.98 },
      logit: 7.5,
      reconstructedLogit: 7.1,
      agrees: true,
    },
  ],
  concepts: [
    {
      id: 'c0',
      name: 'concept 1',
      importance: { mean: 0.4, low: 0.35, high: 0.45 },
      tier: 0,
      prevalence: 0.9,
      crops: [{ image: 0, box: [0, 0, 36, 36], coefficient: 1.25 }],
    },
  ],
  reconstruction: { r2: 0.8, relativeError: 0.3, agreement: 1 },
  factorization: { method: 'nmf', status: 'converged', iterations: 80, rows: 49 },
  importance: { design: 'sobol', samples: 128, replicates: 4, evaluations: 6144, method: 'sampled' },
  skipped: [{ file: '/images/b.jpg', reason: 'corrupt JPEG' }],
};
