import { DEFAULT_OPTIONS } from '../../core/concepts/run-options.ts';
import type {
  ClassCounts,
  CutPointSummary,
  ImageTable,
  ModelSummary,
  OutputTrial,
  Preview,
  Setup,
} from '../../main/api/contract.ts';

/** Of the demo's model. */
export const CLASSES = ['barn', 'car', 'house', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];
const PER_CLASS = 40;

const CUTS: readonly [string, number, number, number, number][] = [
  ['/stem/stem.0/Conv_output_0', 16, 64, -27.5, 0.066],
  ['/stem/stem.2/Relu_output_0', 16, 64, 0, 0.066],
  ['/stem/stem.3/Conv_output_0', 24, 32, -14.5, 0.199],
  ['/stem/stem.5/Relu_output_0', 24, 32, 0, 0.199],
  ['/blocks/blocks.0/Add_output_0', 48, 16, -19.2, 0.507],
  ['/blocks/blocks.0/Relu_1_output_0', 48, 16, 0, 0.507],
  ['/blocks/blocks.1/Add_output_0', 64, 16, -19.9, 0.841],
  ['/blocks/blocks.1/Relu_1_output_0', 64, 16, 0, 0.841],
  ['/blocks/blocks.2/Add_output_0', 80, 16, -19.4, 0.99997],
  ['/blocks/blocks.2/Relu_1_output_0', 80, 16, 0, 0.99997],
  ['/ReduceMean_output_0', 80, 1, 0, 0.99997],
];

const cutPoints = CUTS.map(([tensor, channels, side, minValue, computeShare]): CutPointSummary => ({
  tensor,
  shape: side === 1 ? [1, channels] : [1, channels, side, side],
  kind: side === 1 ? 'vector' : 'spatial',
  channels,
  grid: [side, side],
  minValue,
  computeShare,
  proposed: tensor === '/blocks/blocks.2/Relu_1_output_0',
}));

/** The demo's model as the workbench would describe it. */
export const fakeModel: ModelSummary = {
  fileName: 'model.onnx',
  path: '/models/demo/model.onnx',
  sha256: '8285a1f62ca12e0c6da95c86d1d2d4a739f78bc3af917b2c6378d084f58bfa55',
  bytes: 366_080,
  opset: 17,
  input: { name: 'input', dims: ['batch', 3, 128, 128], layout: 'NCHW' },
  outputs: [
    {
      name: 'logits',
      dims: ['batch', 8],
      role: 'scores',
      reason: '8 numbers a picture',
      tasks: [
        { task: 'multiclass', title: 'One of several classes' },
        { task: 'multilabel', title: 'Several labels, each yes or no' },
        { task: 'embedding', title: 'A vector for comparing pictures' },
      ],
    },
  ],
  scores: { output: 'logits', task: 'multiclass', activation: 'none', width: 8 },
  open: null,
  classNames: CLASSES,
  labelsSource: 'labels.txt beside it',
  labelsMisfit: null,
  preprocessing: {
    value: {
      size: 128,
      resizeShort: 128,
      fit: 'cover',
      kernel: 'cubic',
      channelOrder: 'RGB',
      scale: 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      layout: 'NCHW',
    },
    source: 'card',
    reason: 'from the card beside the model',
    presets: ['imagenet', 'symmetric', 'unit', 'raw', 'caffe', 'clip'],
    resizings: ['pil-crop', 'opencv-squash', 'tensorflow-squash'],
    preset: 'symmetric',
  },
  cutPoints,
  noCut: null,
  hasFreeBatch: true,
};

const fileOf = (index: number): string =>
  `${CLASSES[Math.floor(index / PER_CLASS)]}/${String(index % PER_CLASS).padStart(2, '0')}.jpg`;

/** A setup with nothing in it. */
export const emptySetup: Setup = {
  key: 'empty',
  project: null,
  name: null,
  folder: null,
  isCopy: false,
  model: null,
  images: null,
  table: null,
  marks: null,
  asked: null,
  options: { ...DEFAULT_OPTIONS, classIndex: null },
  problems: {},
  offered: null,
  runs: [],
  deletedRuns: [],
  continuedRun: null,
  canUndo: false,
};

/** The demo, ready to run. */
export const demoSetup: Setup = {
  ...emptySetup,
  key: 'demo',
  project: 'p1',
  name: 'demo',
  folder: '/home/ada/demo.tessera',
  model: fakeModel,
  asked: 'demo',
  images: {
    roots: [{ path: '/models/demo/images', name: 'images', count: CLASSES.length * PER_CLASS }],
    count: CLASSES.length * PER_CLASS,
    skipped: [
      { file: 'train/17.jpg', reason: 'corrupt JPEG: premature end of data' },
      { file: 'train/notes.jpg', reason: 'not a picture' },
    ],
    otherFiles: 3,
    folders: CLASSES.map((name, classIndex) => ({ name, count: PER_CLASS, classIndex })),
  },
  options: { ...emptySetup.options, classIndex: 2 },
};

/** Another project, with other numbers. */
export const otherSetup: Setup = {
  ...demoSetup,
  key: 'other',
  name: 'other',
  options: { ...demoSetup.options, concepts: 3, samples: 64 },
};

/** Twelve pictures with what the model says of them. */
export const fakePreview: Preview = {
  pictures: Array.from({ length: 12 }, (_, i) => {
    const expected = Math.floor((i * CLASSES.length) / 12);
    const first = i === 4 ? 0 : expected;
    const probability = 0.97 - (i % 5) * 0.06;
    return {
      picture: `img:${fileOf(expected * PER_CLASS + i)}`,
      fileName: fileOf(expected * PER_CLASS + i).split('/')[1],
      folder: CLASSES[expected],
      top: [0, 1, 2].map((k) => ({
        index: (first + k) % 8,
        name: CLASSES[(first + k) % 8],
        probability: k === 0 ? probability : (1 - probability) / (k * 2),
      })),
      expected,
    };
  }),
  folders: CLASSES.map((name, i) => ({
    name,
    className: name,
    shown: i % 2 === 0 ? 2 : 1,
    hits: i === 2 ? 1 : i % 2 === 0 ? 2 : 1,
  })),
  hitRate: 11 / 12,
  confidence: 0.86,
  labelShift: null,
  looksLike: null,
  skipped: [],
};

/** What the model's outputs say of three pictures. */
export const fakeTrials: readonly OutputTrial[] = [
  {
    output: 'logits',
    task: 'multiclass',
    unit: null,
    pictures: fakePreview.pictures
      .slice(0, 3)
      .map(({ picture, fileName, top }) => ({ picture, fileName, top })),
    problem: null,
  },
];

export const fakeClasses = {
  asked: 'demo',
  of: CLASSES.length * PER_CLASS,
  classes: CLASSES.map((name, index) => ({
    index,
    name,
    count: PER_CLASS - (index === 2 ? 3 : 0) + (index === 0 ? 3 : 0),
    picture: `img:${name}/0${index}.jpg`,
  })).sort((a, b) => b.count - a.count),
  images: CLASSES.length * PER_CLASS - 1,
  skipped: [{ file: 'train/17.jpg', reason: 'corrupt JPEG: premature end of data' }],
};

/** The same while most of the images are still to come. */
export const countsSoFar: ClassCounts = {
  ...fakeClasses,
  classes: fakeClasses.classes.slice(0, 2).map((entry, i) => ({ ...entry, count: 9 - 2 * i })),
  images: 16,
  skipped: [],
};

/** A page of the demo's images; one of them is broken. */
export function fakeImages(offset: number, limit: number, filter = ''): ImageTable {
  const all = Array.from({ length: CLASSES.length * PER_CLASS }, (_, index) => index).filter((index) =>
    fileOf(index).includes(filter),
  );
  return {
    total: all.length,
    rows: all.slice(offset, offset + limit).map((index) => {
      const [folder, fileName] = fileOf(index).split('/');
      const isBroken = fileOf(index) === 'barn/03.jpg';
      return {
        index,
        picture: `img:${fileOf(index)}`,
        fileName,
        folder,
        bytes: 4200 + ((index * 977) % 2900),
        predicted: isBroken
          ? null
          : { index: CLASSES.indexOf(folder), name: folder, probability: 0.9 + (index % 10) / 101 },
        expected: { index: CLASSES.indexOf(folder), name: folder },
        reason: isBroken ? 'corrupt JPEG: premature end of data' : null,
      };
    }),
  };
}

/** A model that averages over mirror images, so that nothing of it can be cut. */
export const uncutModel: ModelSummary = {
  ...fakeModel,
  cutPoints: [],
  noCut:
    'No tensor is passed by every path from the picture to the scores: the branches of the model, here a picture and its mirror image, meet only in the scores, so there is nothing to cut at. A model without this averaging is needed.',
};

/** A model of which nothing says how pictures are prepared, beside a list of names with one too many. */
export const doubtfulModel: ModelSummary = {
  ...fakeModel,
  labelsMisfit: { source: '/models/demo/labels.txt', names: 9, classes: 8, shift: 'drop-first' },
  preprocessing: {
    ...fakeModel.preprocessing,
    source: 'default',
    reason:
      'neither a card beside the model nor its metadata tells it, so the ImageNet mean and deviation are assumed',
    preset: 'imagenet/opencv-squash',
  },
};

/** The model says of each folder what the next one is called. */
export const doubtfulPreview: Preview = {
  ...fakePreview,
  hitRate: 1 / 12,
  labelShift: { shift: 'drop-first', known: 12, hits: 1, shiftedHits: 11 },
};
