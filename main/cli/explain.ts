import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import {
  CRAFT_DEFAULTS,
  DEFAULT_OPTIONS,
  type RunOptions,
  type ImageSelection,
} from '../../core/concepts/run-options.ts';
import { questionsOfClasses } from '../../core/pipeline/class-questions.ts';
import { explain, type ExplainOutcome } from '../../core/pipeline/explain.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import {
  resolveOpenQuestion,
  resolveQuestion,
  type OpenQuestion,
  type Question,
} from '../../core/pipeline/question.ts';
import type { RunScope } from '../../core/pipeline/run-context.ts';
import { writeReport } from '../../core/pipeline/write-report.ts';
import { acquireWriteLock } from '../../core/project/write-lock.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { MAP_METHOD_NAMES, type MapMethod } from '../../core/attribution/methods.ts';
import { nearestNames } from '../../core/nearest-names.ts';
import { DEVICE_CHOICES } from '../../core/platform.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { explanationJson, explanationText } from './explanation-output.ts';
import { progressPrinter } from './progress.ts';

const DEMO = path.join(import.meta.dirname, '../../models/demo');
const DEMO_CLASS = 'house';

const TABLE: OptionTable = {
  demo: { type: 'boolean' },
  model: { type: 'string' },
  images: { type: 'string', multiple: true },
  class: { type: 'string' },
  select: { type: 'string' },
  layer: { type: 'string' },
  concepts: { type: 'string' },
  rows: { type: 'string' },
  patch: { type: 'string' },
  design: { type: 'string' },
  samples: { type: 'string' },
  replicates: { type: 'string' },
  craft: { type: 'boolean' },
  map: { type: 'string', multiple: true },
  evaluate: { type: 'string' },
  recurse: { type: 'string' },
  parts: { type: 'string' },
  labels: { type: 'string' },
  preprocessing: { type: 'string' },
  seed: { type: 'string' },
  device: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
};

/** `explain`: from a model and folders of images to a project folder and a report. */
export async function explainCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const options = readOptions(args);
  const folder =
    args.text('out') ?? `${path.basename(demoOr(args, options.model)).replace(/\.onnx$/i, '')}.tessera`;
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, options.model, options);
  const resolve = options.class === 'all' ? resolveOpenQuestion : resolveQuestion;
  const question = await resolve(environment.storage, intake, options);
  const device = await environment.openDevice(options.device);
  for (const reason of device.fallbackReasons) console.error(reason);
  const onProgress = progressPrinter(process.stderr);
  await environment.storage.makeDirectory(folder);
  const lock = await acquireWriteLock(environment.storage, folder, environment.self);
  try {
    const project = await openOrCreateProject(environment.storage, folder, intake, options.images);
    const scope: RunScope = { environment, device, project, onProgress, onResume, signal };
    const command = `tessera explain ${argv.map(quoted).join(' ')}`;
    await explainClasses(scope, question, options, command, args.flag('json'));
  } finally {
    // A lock that stays is taken over by the next run; the failure that led here is what has to be told.
    await lock.release().catch(() => undefined);
  }
}

function onResume(runId: string): void {
  console.error(`Continuing ${runId}, which was stopped before its end.`);
}

function demoOr(args: ParsedArguments, model: string): string {
  return args.flag('demo') ? 'demo' : model;
}

/** One class, or with `--class all` every class that is predicted often enough, each with a report of its own. */
async function explainClasses(
  scope: RunScope,
  question: Question | OpenQuestion,
  options: RunOptions,
  command: string,
  asJson: boolean,
): Promise<void> {
  if ('classIndex' in question) {
    const outcome = await explain(scope, question, options, command);
    const file = await reportOf(scope, outcome, 'report.html');
    const facts = explanationJson(outcome, file);
    tellFewer(options, facts.concepts.length);
    console.log(asJson ? JSON.stringify(facts, null, 2) : explanationText(facts));
    return;
  }
  const all = [];
  let { project } = scope;
  for (const one of await questionsOfClasses(scope, question, options)) {
    const index = one.classIndex;
    const outcome = await explain({ ...scope, project }, one, { ...options, class: String(index) }, command);
    project = outcome.project;
    const facts = explanationJson(outcome, await reportOf(scope, outcome, `report-${index}.html`));
    tellFewer(options, facts.concepts.length);
    all.push(facts);
    if (!asJson) console.log(`${explanationText(facts)}\n`);
  }
  if (asJson) console.log(JSON.stringify({ explanations: all }, null, 2));
}

function tellFewer({ concepts }: RunOptions, found: number): void {
  if (concepts === 'auto' || found >= concepts) return;
  console.error(`The activations tell ${found} concepts apart, not the ${concepts} that were asked for.`);
}

function reportOf(
  { environment, onProgress }: RunScope,
  { project, run }: ExplainOutcome,
  name: string,
): Promise<string> {
  return writeReport(environment, project, run.id, path.resolve(project.folder, name), onProgress);
}

function readOptions(args: ParsedArguments): RunOptions {
  if (args.positionals.length > 0) {
    throw new TesseraError(
      'bad-usage',
      `explain does not take "${args.positionals[0]}" without an option name.`,
      {
        hint: 'Write --model MODEL --images DIR --class CLASS.',
      },
    );
  }
  const optional = {
    layer: args.text('layer'),
    patch: args.integer('patch', 1),
    labels: args.text('labels'),
    preprocessing: args.text('preprocessing'),
  };
  return {
    ...DEFAULT_OPTIONS,
    ...subject(args),
    ...present({
      select: args.choice<ImageSelection>('select', ['predicted', 'folder', 'all']),
      concepts: args.text('concepts') === 'auto' ? ('auto' as const) : args.integer('concepts', 1, 'auto'),
      rows: args.choice<RunOptions['rows']>('rows', ['crops', 'grid']),
      recurse: args.text('recurse') === 'auto' ? ('auto' as const) : args.integer('recurse', 1, 'auto'),
      parts: args.integer('parts', 1),
      seed: args.integer('seed', 0),
      device: args.choice('device', DEVICE_CHOICES),
    }),
    ...(args.texts('map').length > 0 && { maps: args.texts('map').map(mapMethod) }),
    ...present(optional),
    ...(args.flag('craft') && { ...CRAFT_DEFAULTS, craft: true }),
    ...present({
      design: args.choice<RunOptions['design']>('design', ['sobol', 'halton', 'lhs']),
      samples: args.integer('samples', 2),
      replicates: args.integer('replicates', 1),
      evaluate: args.choice('evaluate', ['none', 'quick', 'full'] as const),
    }),
  };
}

function mapMethod(name: string): MapMethod {
  const method = MAP_METHOD_NAMES.find((known) => known === name);
  if (method !== undefined) return method;
  throw new TesseraError('bad-usage', `--map takes the name of a method; got "${name}".`, {
    hint: `Nearest: ${nearestNames(name, MAP_METHOD_NAMES).join(', ')}. All: ${MAP_METHOD_NAMES.join(', ')}.`,
  });
}

/** Model, images and class: those of the demo, or the ones that must be named. */
function subject(args: ParsedArguments): Pick<RunOptions, 'model' | 'images' | 'class'> {
  const isDemo = args.flag('demo');
  const model =
    args.text('model') ?? (isDemo ? path.join(DEMO, 'model.onnx') : missing('model', 'a model file (.onnx)'));
  const images = args.texts('images');
  const classQuery = args.text('class') ?? (isDemo ? DEMO_CLASS : missing('class', 'a class name or index'));
  if (images.length > 0) return { model, images, class: classQuery };
  if (!isDemo) missing('images', 'one or more folders of images');
  return { model, images: [path.join(DEMO, 'images')], class: classQuery };
}

function missing(name: string, what: string): never {
  throw new TesseraError('bad-usage', `explain needs --${name}: ${what}.`, {
    hint: 'npm run demo shows the whole thing on the bundled model; --help lists every option.',
  });
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that were given. */
function present<T extends Record<string, unknown>>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

function quoted(argument: string): string {
  return /^[\w./:=@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
