import { TesseraError } from '../errors.ts';
import type { Labels } from '../images/labels.ts';
import { nearestNames } from '../nearest-names.ts';
import type { OutputFacts } from '../onnx/score/output-roles.ts';
import { TASKS, type ModelScores, type Task } from '../score/model-scores.ts';
import { notName } from '../score/score.ts';

/** What a person says of a model's answer. */
export interface AskedOutput {
  /** Name of the output to explain. */
  readonly output?: string;
  readonly task?: Task;
  /** A probability, a value or a cosine, by the task. */
  readonly threshold?: number;
}

/** What the model's card and metadata say of its answer. */
export interface ToldOutput extends AskedOutput {
  readonly quantity?: string;
  readonly unit?: string;
}

/** Which output of a model is explained, or why that is not settled. */
export type OutputChoice =
  | {
      readonly kind: 'chosen';
      readonly facts: OutputFacts;
      readonly scores: ModelScores;
      readonly labels: Labels;
      /** Nothing says what the scores ask: one of several classes is what such scores usually do. */
      readonly isAssumed?: boolean;
    }
  /** Nothing says which output, or what a single number means: a person has to. */
  | { readonly kind: 'ask'; readonly names: readonly string[]; readonly problem: TesseraError }
  /** There is no output that can be explained. */
  | { readonly kind: 'none'; readonly problem: TesseraError };

/** Names of an output's classes, where any are told; rejects where told ones do not fit, if `isStrict`. */
export type LabelFinder = (output: string, classes: number, isStrict: boolean) => Promise<Labels | undefined>;

/**
 * Chooses the output to explain and what it asks: what a person says, else what card and metadata say, else what follows
 * from activations, shapes, names and labels. What remains open is asked, never guessed.
 *
 * Throws TesseraError 'unknown-name' for an output that is not there, 'bad-usage' for a task that does not fit it.
 */
export async function chooseOutput(
  outputs: readonly OutputFacts[],
  asked: AskedOutput,
  told: ToldOutput,
  labelsOf: LabelFinder,
): Promise<OutputChoice> {
  const wanted = asked.output ?? told.output;
  const found = wanted === undefined ? await onlyCandidate(outputs, labelsOf) : named(outputs, wanted);
  if ('kind' in found) return found;
  const task = await taskOf(found, asked, told, labelsOf);
  if (typeof task !== 'string') return task;
  const width = requireWidth(found);
  checkTask(found, task, width);
  const labels = await namesFor(found, task, width, labelsOf);
  const threshold = checkThreshold(asked.threshold ?? told.threshold, task);
  return {
    kind: 'chosen',
    facts: found,
    labels,
    isAssumed:
      (asked.task ?? told.task) === undefined &&
      task === 'multiclass' &&
      found.activation === 'none' &&
      labels.source === 'numbers',
    scores: {
      output: found.name,
      task,
      // The number that a model tells is what comes out of it.
      activation: task === 'regression' || task === 'embedding' ? 'none' : found.activation,
      classes: labels.names,
      width,
      ...(threshold !== undefined && { threshold }),
      ...(task === 'regression' && { quantity: told.quantity ?? found.name }),
      ...(task === 'regression' && told.unit !== undefined && { unit: told.unit }),
    },
  };
}

function named(outputs: readonly OutputFacts[], wanted: string): OutputFacts | OutputChoice {
  const found = outputs.find(({ name }) => name === wanted);
  if (found === undefined) {
    const near = nearestNames(
      wanted,
      outputs.map(({ name }) => name),
    );
    throw new TesseraError('unknown-name', `The model has no output called "${wanted}".`, {
      hint: `It has ${near.join(', ')}; name one`,
      options: ['output'],
    });
  }
  return isRow(found) ? found : { kind: 'none', problem: notExplainable(outputs, found) };
}

/** Numbers of a picture, whatever they are called. */
function isRow({ role, shape }: OutputFacts): boolean {
  return role === 'scores' || role === 'embedding' || (role === 'boxes' && shape.length <= 2);
}

/** What an output may be asked for; none where it gives no row of numbers a picture. */
export function fittingTasks(facts: OutputFacts): Task[] {
  const { width } = facts;
  if (width === undefined || !isRow(facts)) return [];
  // One label by itself is a yes or no.
  return (Object.keys(FITS) as Task[]).filter(
    (task) => FITS[task](width) && !(task === 'multilabel' && width === 1),
  );
}

/** The output that can only be meant. Two that are the same scores, raw and as probabilities, count as one. */
async function onlyCandidate(
  outputs: readonly OutputFacts[],
  labelsOf: LabelFinder,
): Promise<OutputFacts | OutputChoice> {
  const distinct = outputs.filter(
    ({ raw }, at) => outputs.findIndex((other) => other.raw === raw && other.role === 'scores') === at,
  );
  const scores = distinct.filter(({ role }) => role === 'scores');
  if (scores.length === 1) return scores[0];
  if (scores.length === 0) {
    const vectors = outputs.filter(({ role }) => role === 'embedding');
    if (vectors.length === 1) return vectors[0];
    return vectors.length === 0 ? { kind: 'none', problem: notExplainable(outputs) } : which(vectors);
  }
  const labelled: OutputFacts[] = [];
  for (const one of scores) if (await tellsNames(one, labelsOf)) labelled.push(one);
  if (labelled.length === 1) return labelled[0];
  if (labelled.length > 1) return which(labelled);
  const classes = scores.filter(
    ({ width = 0, name }) => width > 1 && /logit|class|cls|prob|softmax/i.test(name),
  );
  return classes.length === 1 ? classes[0] : which(scores);
}

async function tellsNames({ name, width }: OutputFacts, labelsOf: LabelFinder): Promise<boolean> {
  if (width === undefined) return false;
  return (await labelsOf(name, width === 1 ? 2 : width, false)) !== undefined;
}

function which(outputs: readonly OutputFacts[]): OutputChoice {
  const listed = outputs.map(({ name, reason }) => `${name} (${reason})`).join(', ');
  return {
    kind: 'ask',
    names: outputs.map(({ name }) => name),
    problem: new TesseraError(
      'must-choose',
      `The model answers with ${outputs.length} outputs that could be explained, and nothing says which is meant: ${listed}.`,
      { hint: 'Say which output is to be explained.', options: outputs.map(({ name }) => `output=${name}`) },
    ),
  };
}

function notExplainable(outputs: readonly OutputFacts[], wanted?: OutputFacts): TesseraError {
  const shown = (wanted ? [wanted] : outputs).map(
    ({ name, shape, role, reason }) =>
      `${name} [${shape.map((size) => size ?? '?').join(', ')}] (${role}: ${reason})`,
  );
  const roles = new Set((wanted ? [wanted] : outputs).map(({ role }) => role));
  const hint = roles.has('boxes')
    ? 'This looks like a detector. Tessera explains one score a picture: a classifier, or a model that gives the largest score of a class over all boxes, is needed.'
    : roles.has('map')
      ? 'This looks like a segmenter or another model of places. Tessera explains one score a picture: a model that also gives, say, the mean score of a class over the picture is needed.'
      : roles.has('label ids')
        ? 'A decision alone cannot be explained: export the model with the scores behind it.'
        : 'Tessera explains models that give one row of scores a picture.';
  return new TesseraError(
    'bad-model',
    `The model has no score a picture that could be explained; it gives ${shown.join(', ')}.`,
    { hint },
  );
}

async function taskOf(
  facts: OutputFacts,
  asked: AskedOutput,
  told: ToldOutput,
  labelsOf: LabelFinder,
): Promise<Task | OutputChoice> {
  const said = asked.task ?? told.task;
  const { width, activation, role, name } = facts;
  if (said !== undefined) return said === 'multiclass' && told.task === said && width! <= 2 ? 'binary' : said;
  if (width === 1 && role !== 'embedding') {
    const isBinary =
      activation === 'sigmoid' ||
      (await labelsOf(name, 2, false)) !== undefined ||
      (await labelsOf(name, 1, false)) !== undefined ||
      /logit|prob/i.test(name);
    if (isBinary) return 'binary';
    return told.unit === undefined ? whatNumber(facts) : 'regression';
  }
  return usualTask(facts);
}

/** What an output of several numbers usually tells. */
export function usualTask({ role, activation, width }: OutputFacts): Task {
  if (role === 'embedding') return 'embedding';
  if (activation === 'sigmoid') return 'multilabel';
  return width === 2 ? 'binary' : 'multiclass';
}

function whatNumber({ name }: OutputFacts): OutputChoice {
  return {
    kind: 'ask',
    names: [name],
    problem: new TesseraError(
      'must-choose',
      `The model answers with one number a picture, ${name}, and nothing says what it means: yes or no, or an amount such as an age. A card or labels of two names beside the model would.`,
      {
        hint: 'Say what it is',
        options: ['task=binary', 'task=regression'],
      },
    ),
  };
}

function requireWidth({ name, width, whyUnknown }: OutputFacts): number {
  if (width !== undefined) return width;
  throw (
    whyUnknown ??
    new TesseraError('bad-model', `The number of classes of output ${name} could not be found.`, {
      hint: 'Export the model with a fixed number of classes, or run ONNX shape inference over it.',
    })
  );
}

/** How many scores a picture each task needs. */
const FITS: Readonly<Record<Task, (width: number) => boolean>> = {
  multiclass: (width) => width > 1,
  binary: (width) => width <= 2,
  multilabel: () => true,
  regression: (width) => width === 1,
  embedding: (width) => width > 1,
};

function checkTask({ name }: OutputFacts, task: Task, width: number): void {
  if (FITS[task](width)) return;
  const fitting = (Object.keys(FITS) as Task[]).filter((one) => FITS[one](width));
  throw new TesseraError(
    'bad-usage',
    `The output ${name} gives ${width === 1 ? 'one number' : `${width} numbers`} a picture, which cannot be read as ${task} (${TASKS[task].toLowerCase()}).`,
    { hint: 'Choose another task.', options: fitting.map((one) => `task=${one}`) },
  );
}

function checkThreshold(threshold: number | undefined, task: Task): number | undefined {
  const isShare = task === 'binary' || task === 'multilabel';
  if (threshold !== undefined && task === 'embedding' && Math.abs(threshold) > 1) {
    throw new TesseraError(
      'bad-usage',
      `The threshold is a cosine between -1 and 1 here, got ${threshold}.`,
      {
        hint: 'Give a number such as 0.5.',
      },
    );
  }
  if (threshold === undefined || !isShare || (threshold > 0 && threshold < 1)) {
    if (threshold === undefined || task !== 'multiclass') return threshold;
    throw new TesseraError(
      'bad-usage',
      'A model of several classes decides by the largest score; it has no threshold.',
      {
        hint: 'Leave the threshold away.',
      },
    );
  }
  throw new TesseraError(
    'bad-usage',
    `The threshold is a probability between 0 and 1 here, got ${threshold}.`,
    { hint: 'Give a number such as 0.5.' },
  );
}

/** What outputs are called that have no name of their own. */
const NAMELESS =
  /^(outputs?|out|logits?|scores?|prob\w*|pred\w*|results?|sigmoid|dense\w*|y|binary|\d+)(_?\d+)?$|[/:.]/i;

/** One name a class; a yes or no of which only the yes has a name gets the no. */
async function namesFor(
  { name }: OutputFacts,
  task: Task,
  width: number,
  labelsOf: LabelFinder,
): Promise<Labels> {
  if (task === 'regression' || task === 'embedding') return { names: [], source: 'none' };
  const one = width === 1 ? await labelsOf(name, 1, false) : undefined;
  if (task === 'multilabel' && width === 1 && one === undefined) {
    const both = await labelsOf(name, 2, false);
    if (both !== undefined) return { ...both, names: both.names.slice(1) };
  }
  if (task !== 'binary' || width === 2) return one ?? (await labelsOf(name, width, true))!;
  if (one !== undefined) return { ...one, names: [notName(one.names[0]), one.names[0]] };
  const both = await labelsOf(name, 2, true);
  if (both!.source !== 'numbers') return both!;
  if (!NAMELESS.test(name))
    return { ...both!, names: [notName(name), name], source: 'the name of the output' };
  return { ...both!, names: ['negative', 'positive'], source: 'no names were found' };
}
