import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { activeOfUsual, checkOptions } from '../../core/concepts/check-options.ts';
import type { Explanation } from '../../core/concepts/explanation.ts';
import { commandText } from '../../core/concepts/command-text.ts';
import {
  OPTION_NAMES,
  optionOf,
  resolveOptions,
  type GivenOptions,
  type OptionName,
  type RunOptions,
} from '../../core/concepts/run-options.ts';
import { usualClass, type AskedScore } from '../../core/concepts/class-question.ts';
import type { ModelScores } from '../../core/score/model-scores.ts';
import { questionsOfClasses } from '../../core/pipeline/class-questions.ts';
import { explain, type ExplainOutcome } from '../../core/pipeline/explain.ts';
import { roundsValues } from '../../core/onnx/quantised.ts';
import { ROUNDED_GRADIENTS } from '../../core/wording/map-words.ts';
import { modelOverview } from '../../core/pipeline/model-overview.ts';
import { openModel, type ModelIntake } from '../../core/pipeline/model-intake.ts';
import { reopenModel } from '../../core/pipeline/reopen-model.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import {
  resolveOpenQuestion,
  resolveQuestion,
  type OpenQuestion,
  type Question,
} from '../../core/pipeline/question.ts';
import type { RunScope } from '../../core/pipeline/run-context.ts';
import { writeOverview } from '../../core/pipeline/write-overview.ts';
import { writeReport } from '../../core/pipeline/write-report.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { markReported } from '../../core/project/start-run.ts';
import { writeToProject } from '../../core/project/write-lock.ts';
import type { OwnInWords } from '../../core/report/own-in-words.ts';
import { transparencyText } from '../../core/wording/input-words.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { explanationJson, explanationText } from './explanation-output.ts';
import { modelText } from './model-output.ts';
import { optionTable, readOptions, withWholePaths } from './option-arguments.ts';
import {
  makeOwnConcepts,
  OWN_OPTIONS,
  ownConceptsOf,
  readConceptFolders,
  requireFolders,
  type ConceptFolder,
} from './own-concepts.ts';
import { overviewJson } from './overview-output.ts';
import { countIn } from './planned-run.ts';
import { progressPrinter } from './progress.ts';
import { shareLocally } from './share-locally.ts';
import { AUTO_LAYER, settleCut, withComparison } from './settle-cut.ts';
import { shownName } from '../../core/wording/shown-name.ts';

const DEMO = path.join(import.meta.dirname, '../../models/demo');
/** What is explained with `--demo`, unless it is said. */
const DEMO_SUBJECT = {
  model: path.join(DEMO, 'model.onnx'),
  images: [path.join(DEMO, 'images')],
  class: 'house',
};

const TABLE: OptionTable = {
  ...optionTable(),
  demo: { type: 'boolean' },
  out: { type: 'string' },
  json: { type: 'boolean' },
  workers: { type: 'string', takes: 'how many processes share the images' },
  ...OWN_OPTIONS,
};

/** `explain`: from a model and folders of images to a project folder and a report. */
export async function explainCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const said = readQuestion(args);
  const folders = readConceptFolders(args);
  const folder =
    args.text('out') ?? `${path.basename(demoOr(args, said.model)).replace(/\.onnx$/i, '')}.tessera`;
  const environment = createNodeEnvironment();
  await requireFolders(environment, folders);
  const intake = await openModel(environment.storage, said.model, said);
  if (roundsValues(intake.model)) console.error(ROUNDED_GRADIENTS);
  const options = { ...said, class: said.class ?? requireClass(intake.scores) };
  const resolve = options.class === 'all' ? resolveOpenQuestion : resolveQuestion;
  const { layer = '', ...others } = options;
  const isAuto = layer === AUTO_LAYER;
  const workers = workersIn(args, isAuto);
  const question = await resolve(environment.storage, intake, isAuto ? others : options);
  const device = await environment.openDevice(options.device);
  for (const reason of device.fallbackReasons) console.error(shownName(reason));
  const onProgress = progressPrinter(process.stderr);
  await environment.storage.makeDirectory(folder);
  await writeToProject({ storage: environment.storage, folder }, environment.self, async () => {
    const project = await openOrCreateProject(environment, folder, intake, options.images);
    const scope: OwnScope = {
      environment,
      device,
      project,
      onProgress,
      onResume,
      signal,
      reportFollows: true,
      folders,
    };
    if (workers !== undefined && workers > 1) await shareLocally(scope, question, options, workers, signal);
    if (!isAuto) return void (await explainClasses(scope, question, options, args.flag('json')));
    const settled = await settleCut(scope, question, others);
    await explainClasses(scope, settled.question, settled.options, args.flag('json'), settled.comparison);
  });
}

/** How many processes share the images; absent: this one has them all. */
function workersIn(args: ParsedArguments, isAuto: boolean): number | undefined {
  const workers = countIn(args, 'workers', 1024);
  if (workers === undefined || !isAuto) return workers;
  throw new TesseraError('bad-usage', '--workers shares the images of one layer.', {
    hint: 'Name one',
    options: ['layer'],
  });
}

/** Says that a run is taken up again. */
export function onResume(runId: string): void {
  console.error(`Continuing ${runId}, which was stopped before its end.`);
}

function demoOr(args: ParsedArguments, model: string): string {
  return args.flag('demo') ? 'demo' : model;
}

/** A run's scope with the own concepts that are asked for. */
export interface OwnScope extends RunScope {
  readonly folders: readonly ConceptFolder[];
}

/**
 * One class, or with `--class all` every class that is predicted often enough, each with a report of its own. Returns the run
 * where it is one.
 */
export async function explainClasses(
  scope: OwnScope,
  question: Question | OpenQuestion,
  options: RunOptions,
  asJson: boolean,
  comparison?: RunFile['comparison'],
): Promise<string | undefined> {
  const { folder } = scope.project;
  if ('explained' in question) {
    const explained = await explain(scope, question, options, commandText(options, folder));
    const outcome = comparison === undefined ? explained : await withComparison(explained, comparison);
    const own = await ownOf(scope, outcome, question.intake);
    const file = await reportOf(scope, outcome, 'report.html');
    const facts = explanationJson(outcome, file, own);
    tellFewer(options, facts.concepts.length);
    if (asJson) tellTransparent(facts);
    console.log(
      asJson
        ? JSON.stringify(facts, null, 2)
        : shownName(explanationText(facts, outcome.run.explanation?.score, own)),
    );
    return outcome.run.id;
  }
  const all: ReturnType<typeof explanationJson>[] = [];
  const explanations: Explanation[] = [];
  let { project } = scope;
  for (const one of await questionsOfClasses(scope, question, options)) {
    const index = indexOf(one.explained);
    const own = { ...options, class: String(index) };
    const outcome = await explain({ ...scope, project }, one, own, commandText(own, folder));
    project = outcome.project;
    const concepts = await ownOf(scope, outcome, question.intake);
    const facts = explanationJson(outcome, await reportOf(scope, outcome, `report-${index}.html`), concepts);
    tellFewer(options, facts.concepts.length);
    all.push(facts);
    if (outcome.run.explanation) explanations.push(outcome.run.explanation);
    if (!asJson)
      console.log(`${shownName(explanationText(facts, outcome.run.explanation?.score, concepts))}\n`);
  }
  const whole = options.sharing === 'shared' ? await overviewOf({ ...scope, project }) : undefined;
  if (asJson) {
    const overview = whole && {
      ...overviewJson(explanations, whole.overview.conceptNames),
      report: whole.report,
    };
    console.log(JSON.stringify({ ...(overview && { overview }), explanations: all }, null, 2));
  } else if (whole) console.log(shownName(`${modelText(whole.overview)}\n\nOverview  ${whole.report}`));
  return undefined;
}

/** The whole model, and the page of it. */
async function overviewOf({ environment, project, onProgress }: RunScope) {
  const overview = (await modelOverview(project))!;
  const file = path.resolve(project.folder, 'overview.html');
  return { overview, report: await writeOverview(environment, project, overview, file, onProgress) };
}

/** The own concepts of a finished run, those made first that are asked for. */
async function ownOf(
  scope: OwnScope,
  { project, run }: ExplainOutcome,
  model: ModelIntake,
): Promise<OwnInWords[]> {
  if (scope.folders.length > 0) {
    const intake = await reopenModel(() => Promise.resolve(model), project, run);
    await makeOwnConcepts({ ...scope, project, intake }, run, scope.folders);
  }
  return ownConceptsOf(project, run);
}

/** A class as it is asked for by number. */
function indexOf(explained: AskedScore): number {
  if ('index' in explained) return explained.index;
  return explained.kind === 'side' && explained.label !== undefined ? explained.label : explained.side;
}

function tellFewer({ concepts }: RunOptions, found: number): void {
  if (concepts === 'auto' || found >= concepts) return;
  console.error(`The activations tell ${found} concepts apart, not the ${concepts} that were asked for.`);
}

/** The table says it itself. */
function tellTransparent({ transparent }: ReturnType<typeof explanationJson>): void {
  if (transparent) console.error(`${transparencyText(transparent.images, transparent.alpha)} See --alpha.`);
}

async function reportOf(
  { environment, onProgress }: RunScope,
  { project, run }: ExplainOutcome,
  name: string,
): Promise<string> {
  try {
    const file = path.resolve(project.folder, name);
    const written = await writeReport(environment, project, run.id, file, onProgress);
    await markReported(project, run);
    return written;
  } catch (error) {
    if (!(error instanceof TesseraError) || error.code !== 'storage') throw error;
    const { message, hint = '' } = error;
    const kept = `The explanation is kept as ${run.id}: the same command continues with its report, and tessera report ${project.folder} writes it alone.`;
    throw new TesseraError('storage', message, { hint: `${hint} ${kept}`.trim(), cause: error });
  }
}

/** What is explained when nothing is said of it; a class has to be. */
export function requireClass(scores: ModelScores): string {
  const usual = usualClass(scores);
  if (usual !== undefined) return usual;
  throw lacking('class');
}

type SaidQuestion = Omit<RunOptions, 'class'> & { readonly class?: string };

/** What is asked, as it was said; throws TesseraError 'bad-usage' for what a command of this name does not take. */
export function readQuestion(args: ParsedArguments, command = 'explain'): SaidQuestion {
  if (args.positionals.length > 0) {
    throw new TesseraError(
      'bad-usage',
      `${command} does not take "${args.positionals[0]}" without an option name.`,
      {
        hint: 'Write --model MODEL --images DIR --class CLASS.',
      },
    );
  }
  const given = { ...(args.flag('demo') && DEMO_SUBJECT), ...withWholePaths(readOptions(args)) };
  requireAll(given);
  const { class: query, ...options } = resolveOptions({ ...shareable(given), class: given.class ?? '' });
  if (given.active !== undefined && options.bank !== 'sparse') throw activeOfUsual(given.active);
  checkOptions(options);
  return { ...options, ...(query !== '' && { class: query }) };
}

/** All classes have their concepts in common unless it is said. */
function shareable<Given extends Partial<RunOptions>>(given: Given): Given {
  return given.class === 'all' ? { sharing: 'shared', ...given } : given;
}

/** Throws TesseraError 'bad-usage' for an option that has to be said and was not. */
function requireAll(
  given: Partial<RunOptions>,
): asserts given is Omit<GivenOptions, 'class'> & { readonly class?: string } {
  const missing = OPTION_NAMES.find((name) => {
    const { absent, default: usual } = optionOf(name);
    return name !== 'class' && absent === undefined && usual === undefined && given[name] === undefined;
  });
  if (missing !== undefined) throw lacking(missing);
}

function lacking(name: OptionName): TesseraError {
  const { flag, help } = optionOf(name);
  return new TesseraError('bad-usage', `explain needs --${flag}: ${help.split(';')[0]}.`, {
    hint: 'npm run demo shows the whole thing on the bundled model; --help lists every option.',
  });
}
