import { MAP_METHOD_TITLES } from '../attribution/methods.ts';
import type { EvaluationLevel } from '../metrics/evaluation.ts';
import type { DesignKind } from '../sampling/replicated-design.ts';
import { LABEL_SHIFTS } from '../images/label-shift.ts';
import { ALPHA_LABELS, DEVICE_LABELS } from '../platform.ts';
import { TASKS } from '../score/model-scores.ts';
import { choice, choices, flag, real, text, texts, whole, wholeOrAuto, type Formed } from './option-forms.ts';

/** Concepts that every kind of design has room for. */
const MOST_CONCEPTS = 256;

/**
 * What reads an option: the question, which is settled before anything is computed; a stage of the run; or the tree,
 * which says what is decomposed into parts and how parts are shown, and stores nothing itself.
 */
export type OptionReader =
  | 'question'
  | 'predictions'
  | 'rows'
  | 'bank'
  | 'coefficients'
  | 'importance'
  | 'rest'
  | 'maps'
  | 'removals'
  | 'shortcuts'
  | 'mistakes'
  | 'tree'
  | 'parts'
  | 'part-importance'
  | 'part-maps'
  | 'refits'
  | 'evaluation'
  | 'influence'
  | 'rank'
  | 'frontier';

/** Where an option stands in help and window. */
export const OPTION_GROUPS = {
  subject: 'What is explained',
  concepts: 'Concepts',
  importance: 'Importance',
  pictures: 'Maps',
  trust: 'Trust',
  machine: 'Computation',
} as const;

/** What the table says of an option, beside the form of its value. */
export interface OptionFacts<Value> {
  readonly group: keyof typeof OPTION_GROUPS;
  /** What reads it: its value is part of the fingerprint of these stages, and of no others. */
  readonly reads: readonly OptionReader[];
  /** Name on the command line, without the dashes. */
  readonly flag: string;
  /** What the command line's help calls the value; absent for yes or no, and for a few choices, which are listed in its place. */
  readonly placeholder?: string;
  /** For the command line, without the value taken when nothing is said. */
  readonly help: string;
  /** Name and note in the window. */
  readonly label: string;
  readonly note: string;
  /** `plain`: in sight; `advanced`: folded away; `own`: a panel of its own shows it. */
  readonly visibility: 'plain' | 'advanced' | 'own';
  /** The value taken when nothing is said. */
  readonly default?: Value;
  /** May be absent; what happens then. */
  readonly absent?: string;
  /** Names a file or folder; a run stores its whole path. */
  readonly isPath?: true;
}

function option<Value, const Facts extends OptionFacts<Value>>(
  formed: Formed<Value>,
  facts: Facts,
): Formed<Value> & Facts {
  return { ...formed, ...facts };
}

/** Which of the given images are explained. */
export const IMAGE_SELECTIONS = {
  predicted: 'Images the model puts into the class',
  folder: 'Images in folders named like the class',
  all: 'All images',
} as const;

/** Sampling designs of the masks. */
const DESIGNS: Readonly<Record<DesignKind, string>> = {
  sobol: "Sobol'",
  halton: 'Halton',
  lhs: 'Latin hypercube',
};

/** What a bank of concepts is like. */
const BANK_KINDS = {
  usual: 'Any number at a place',
  sparse: 'Few at a place',
} as const;

/** Whose images concepts are made of. */
const SHARINGS = {
  each: 'The explained class alone',
  shared: 'All classes together',
} as const;

/** How thoroughly an explanation is checked, where it is. */
export const CHECK_LEVELS: Readonly<Record<EvaluationLevel, string>> = { quick: 'Quickly', full: 'Fully' };

/**
 * Every choice that determines a run's numbers, once: what values it takes, what it is when nothing is said, its words
 * on the command line and in the window, and which stages read it. Everything else about options follows from here.
 */
export const RUN_OPTIONS = {
  model: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'model',
    placeholder: 'FILE',
    help: 'a model file (.onnx)',
    label: 'Model',
    note: 'An .onnx file',
    visibility: 'own',
    isPath: true,
  }),
  class: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'class',
    placeholder: 'CLASS',
    help: 'a class name or index, or "not CLASS"; of a number higher (usual) or lower, of a likeness like or unlike; predicted:CLASS: whatever --select says, the images predicted as it; all: every class predicted for at least 5 images, one after another',
    label: 'Class',
    note: 'The class to explain',
    visibility: 'own',
  }),
  against: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'against',
    placeholder: 'CLASS',
    help: 'a class that the other is compared with: why the one rather than the other',
    label: 'Rather than',
    note: 'Explains the lead of the class over this one',
    visibility: 'own',
    absent: 'the class by itself',
  }),
  output: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'output',
    placeholder: 'NAME',
    help: 'which output of the model is explained; inspect lists them',
    label: 'Output',
    note: 'Which of its outputs is explained',
    visibility: 'own',
    absent: 'the only one that can be meant',
  }),
  task: option(choice(TASKS), {
    group: 'subject',
    reads: ['question'],
    flag: 'task',
    help: 'what the output tells of a picture',
    label: 'Task',
    note: 'What the output tells of a picture',
    visibility: 'own',
    absent: 'what the card, the metadata or the form of the output says',
  }),
  threshold: option(real(-1e12, 1e12), {
    group: 'subject',
    reads: ['question'],
    flag: 'threshold',
    placeholder: 'T',
    help: 'where a yes begins: a probability; of a number its value, of a likeness the cosine',
    label: 'Threshold',
    note: 'From where on the answer is yes',
    visibility: 'own',
    absent: 'a probability of 0.5; of a number the mean over the images',
  }),
  reference: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'reference',
    placeholder: 'FILE|DIR',
    help: 'for a model that gives a vector: a picture, or a folder of pictures, likeness to which is explained',
    label: 'Compared with',
    note: 'A picture or folder that pictures are compared with',
    visibility: 'own',
    isPath: true,
    absent: 'needed by models that give a vector, and only by them',
  }),
  images: option(texts(), {
    group: 'subject',
    reads: ['question'],
    flag: 'images',
    placeholder: 'DIR…',
    help: 'one or more folders of images',
    label: 'Images',
    note: 'Folders of pictures',
    visibility: 'own',
    isPath: true,
  }),
  select: option(choice(IMAGE_SELECTIONS), {
    group: 'subject',
    reads: ['question'],
    flag: 'select',
    help: 'images to explain on',
    label: 'Explain on',
    note: 'The paper takes those that the model puts into it',
    visibility: 'plain',
    default: 'predicted',
  }),
  layer: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'layer',
    placeholder: 'TENSOR',
    help: 'where to cut the model; auto compares layers, and with --concepts auto numbers of concepts, by what they leave unexplained',
    label: 'Layer',
    note: 'Where the model is cut',
    visibility: 'own',
    absent: 'the proposed cut point',
  }),
  labels: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'labels',
    placeholder: 'FILE',
    help: 'class names, one a line or JSON',
    label: 'Class names',
    note: 'A file with one name a line, or JSON',
    visibility: 'own',
    isPath: true,
    absent: 'the card beside the model, its metadata, or numbers',
  }),
  labelShift: option(choice(LABEL_SHIFTS), {
    group: 'subject',
    reads: ['question'],
    flag: 'label-shift',
    help: 'moves class names by one: drop-first where the list begins with a background class that the model lacks, add-first where the model does and the list does not',
    label: 'Class names are off by one',
    note: 'For lists with or without a background class',
    visibility: 'advanced',
    absent: 'taken as they stand',
  }),
  preprocessing: option(text(), {
    group: 'subject',
    reads: ['question'],
    flag: 'preprocessing',
    placeholder: 'NAME|FILE',
    help: 'how pictures become the input: imagenet, symmetric, unit, raw, caffe or clip, also with a way to resize (imagenet/pil-squash), or a JSON file',
    label: 'Preprocessing',
    note: 'How pictures become the input of the model',
    visibility: 'own',
    isPath: true,
    absent: 'the card beside the model, or a guess that is shown',
  }),
  alpha: option(choice(ALPHA_LABELS), {
    group: 'subject',
    reads: ['question'],
    flag: 'alpha',
    help: 'what becomes of transparent pixels; drop takes the colours stored under them, as most training does',
    label: 'Transparent pixels',
    note: 'As the model was trained; most training leaves alpha out',
    visibility: 'advanced',
    // Without a default of its own, so that a card can say it.
    absent: 'what the card says, or white',
  }),
  concepts: option(wholeOrAuto(1, MOST_CONCEPTS, 'as many as the evidence supports'), {
    group: 'concepts',
    reads: ['bank'],
    flag: 'concepts',
    placeholder: 'R',
    help: 'number of concepts',
    label: 'Concepts',
    note: 'How many to look for',
    visibility: 'own',
    default: 10,
  }),
  bank: option(choice(BANK_KINDS), {
    group: 'concepts',
    reads: ['bank', 'rank'],
    flag: 'bank',
    help: 'what concepts are: usual, any number of them at a place, or sparse, many of which a place has only a few (--active); give --concepts 32 to 128 for those',
    label: 'Kind of concepts',
    note: 'Few at a place: many narrow concepts, of which each place has only some; on photos 64 with 5 at a place kept more of the activations than 25 of the usual kind',
    visibility: 'advanced',
    default: 'usual',
  }),
  sharing: option(choice(SHARINGS), {
    group: 'concepts',
    // A shared bank is a fact of its own, named by what it is made of.
    reads: ['question'],
    flag: 'bank',
    help: 'whose images concepts are made of: each, the explained class alone, or shared, all classes together, so that the same concepts explain every class; shared without --concepts has 10 and 5 more for each further class, and is refined (--refine) unless --no-refine is said',
    label: 'Concepts of',
    note: 'All classes together: the same concepts explain every class, and can be compared between classes',
    visibility: 'advanced',
    absent: 'shared with --class all, else each',
  }),
  active: option(whole(1, 64), {
    group: 'concepts',
    reads: ['bank', 'rank'],
    flag: 'active',
    placeholder: 'K',
    help: 'of sparse concepts, how many a place has at most',
    label: 'Concepts at a place',
    note: 'At most; where the kind is few at a place',
    visibility: 'advanced',
    default: 5,
  }),
  refine: option(flag(), {
    group: 'concepts',
    reads: ['bank'],
    flag: 'refine',
    help: 'makes the concepts on six in ten of the images and changes them until the model says of what they rebuild what it says of the images; judged on images that were kept back',
    label: 'Refine for what the model says',
    note: 'Keeps more of what the model says and a little less of the activations; measured on images kept back, and shown beside the figures before',
    visibility: 'advanced',
    default: false,
  }),
  // Positions are what the head really reads, so their concepts reproduce its predictions better, at a sixteenth of the cost.
  rows: option(choice({ grid: 'Places of the layer', crops: 'Crops' }), {
    group: 'concepts',
    reads: ['rows'],
    flag: 'rows',
    help: 'what a row of the activations is, a position of the layer or a pooled crop as in the paper',
    label: 'Cut pictures into',
    note: 'Crops, as in the paper, take about 16 times the work',
    visibility: 'advanced',
    default: 'grid',
  }),
  patch: option(whole(1, 4096), {
    group: 'concepts',
    reads: ['rows', 'tree'],
    flag: 'patch',
    placeholder: 'PX',
    help: "side of a crop in pixels of the model's input",
    label: 'Side of a crop',
    note: "Pixels of the model's input; empty: in proportion",
    visibility: 'advanced',
    absent: '64 at 224, in proportion otherwise',
  }),
  recurse: option(wholeOrAuto(1, 4, 'where it goes well'), {
    group: 'concepts',
    reads: ['tree'],
    flag: 'recurse',
    placeholder: 'DEPTH',
    help: 'decompose concepts into parts at earlier layers, that many levels deep',
    label: 'Levels of parts',
    note: 'Decomposes concepts into parts at earlier layers; single ones can be decomposed later too',
    visibility: 'advanced',
    absent: 'no concept is decomposed',
  }),
  parts: option(whole(1, 64), {
    group: 'concepts',
    reads: ['parts'],
    flag: 'parts',
    placeholder: 'N',
    help: 'parts of a concept',
    label: 'Parts of a concept',
    note: 'Where concepts are decomposed',
    visibility: 'advanced',
    // Few enough to be looked at together.
    default: 4,
  }),
  design: option(choice(DESIGNS), {
    group: 'importance',
    reads: ['importance', 'rest', 'part-importance', 'rank'],
    flag: 'design',
    help: 'how the masks of concepts are drawn',
    label: 'Design of the masks',
    note: 'How the masks of concepts are drawn',
    visibility: 'advanced',
    default: 'sobol',
  }),
  samples: option(whole(2, 65_536), {
    group: 'importance',
    reads: ['importance', 'rest'],
    flag: 'samples',
    placeholder: 'N',
    help: 'size of a design',
    label: 'Samples',
    note: 'N of a design; more give narrower intervals',
    visibility: 'advanced',
    default: 128,
  }),
  replicates: option(whole(1, 64), {
    group: 'importance',
    reads: ['importance', 'rest'],
    flag: 'replicates',
    placeholder: 'N',
    help: 'independent designs an image',
    label: 'Repetitions',
    note: 'Independent designs; their spread is in the interval',
    visibility: 'advanced',
    default: 4,
  }),
  craft: option(flag(), {
    group: 'importance',
    reads: ['importance'],
    flag: 'craft',
    help: "the paper's own way: unscrambled designs and its convention; halton, 32 samples and 1 replicate unless said otherwise",
    label: 'As in the paper',
    note: 'Unscrambled designs, for comparison with the reference implementation',
    visibility: 'advanced',
    default: false,
  }),
  maps: option(choices(MAP_METHOD_TITLES), {
    group: 'pictures',
    reads: ['maps', 'part-maps'],
    flag: 'map',
    placeholder: 'METHOD',
    help: 'how concepts are drawn in pictures; may be given several times',
    label: 'Maps',
    note: 'How concepts are drawn in their example pictures',
    visibility: 'advanced',
    // The method that put the demo's concepts best on their painted parts; see the localisation bench.
    default: ['gated-gradient'],
  }),
  evaluate: option(choice({ none: 'Not at all', ...CHECK_LEVELS }), {
    group: 'trust',
    reads: ['refits', 'evaluation', 'influence'],
    flag: 'evaluate',
    help: 'how thoroughly the explanation is checked; full repeats more often and tries other numbers of concepts',
    label: 'Check the explanation',
    note: 'Fully: repeats more often and tries other numbers of concepts',
    visibility: 'plain',
    default: 'quick',
  }),
  seed: option(whole(0, 2 ** 32 - 1), {
    group: 'machine',
    reads: [
      'rows',
      'bank',
      'importance',
      'rest',
      'parts',
      'part-importance',
      'refits',
      'evaluation',
      'influence',
      'rank',
      'frontier',
    ],
    flag: 'seed',
    placeholder: 'S',
    help: 'the same seed gives the same numbers',
    label: 'Seed',
    note: 'The same seed gives the same numbers',
    visibility: 'advanced',
    default: 0,
  }),
  device: option(choice(DEVICE_LABELS), {
    group: 'machine',
    reads: ['question'],
    flag: 'device',
    help: 'what computes',
    label: 'Device',
    note: 'What computes',
    visibility: 'own',
    default: 'auto',
  }),
} as const;
