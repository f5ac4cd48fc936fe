import { TesseraError } from '../../core/errors.ts';
import { REST } from '../../core/wording/claim-words.ts';
import { findClass } from '../../core/images/find-class.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { answerNames } from '../../core/score/score-record.ts';
import type { ConceptItem } from '../api/contract.ts';
import { createJobs } from '../compute/jobs/all-jobs.ts';
import type { JobContext } from '../compute/jobs/job-context.ts';
import type { AblatedPicture, RunQuestion } from '../compute/protocol.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { dependenceText, imageText, counterfactualText, runText } from './ablation-output.ts';
import { parseArguments, type OptionTable } from './arguments.ts';
import { conceptAndFactor, conceptNamed, findConcept, noteFactor } from './concept-factors.ts';
import { newestFinishedRun } from './newest-run.ts';
import { progressPrinter } from './progress.ts';
import { tellInputs } from './tell-inputs.ts';
import { shownName } from '../../core/wording/shown-name.ts';

const TABLE: OptionTable = {
  run: { type: 'string' },
  scale: { type: 'string', multiple: true },
  image: { type: 'string' },
  counterfactual: { type: 'boolean' },
  // The name of 0.1.
  mend: { type: 'boolean' },
  to: { type: 'string' },
  json: { type: 'boolean' },
};

const bad = (message: string, hint: string): TesseraError => new TesseraError('bad-usage', message, { hint });

/** `what-if PROJECT`: what the model says of a run's pictures when concepts are weaker, stronger or not there. */
export async function whatIf(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const [folder, ...more] = args.positionals;
  if (folder === undefined || more.length > 0) {
    throw bad(
      `what-if takes one project folder, got ${args.positionals.length}.`,
      'Give the folder that tessera explain wrote; its name ends in .tessera.',
    );
  }
  const image = args.text('image');
  const [isCounterfactual, to, scales] = [
    args.flag('counterfactual') || args.flag('mend'),
    args.text('to'),
    args.texts('scale'),
  ];
  if (isCounterfactual && (image === undefined || scales.length > 0)) {
    throw bad(
      '--counterfactual looks for the factors of one image.',
      'Name it with --image, without --scale.',
    );
  }
  if (to !== undefined && !isCounterfactual)
    throw bad('--to says which class --counterfactual makes win.', 'Add --counterfactual.');
  const { storage } = createNodeEnvironment();
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  await tellInputs(project, runId);
  const jobs = createJobs({});
  const run: RunQuestion = { folder, runId, key: '' };
  const context: JobContext = {
    signal,
    onProgress: progressPrinter(process.stderr),
    onNews: () => undefined,
  };
  const { concepts, className } = await jobs.readResult(run, context);
  const score = (await loadRun(project, runId)).explanation?.score;
  const names = answerNames(score, project.file.labels.names);
  const tell = <T>(answer: T, text: (answer: T) => string): void =>
    console.log(args.flag('json') ? JSON.stringify(answer, null, 2) : shownName(text(answer)));
  const factors = factorsOf(scales, concepts);
  if (isCounterfactual) {
    const target = to === undefined ? {} : { target: findClass(names, to) };
    const question = { ...run, image: pictureOf(image!), ...target };
    return tell(await jobs.findCounterfactual(question, context), (found) =>
      counterfactualText(found, concepts, score),
    );
  }
  if (image !== undefined)
    return tell(await jobs.ablateImage({ ...run, image: pictureOf(image), factors }, context), (answer) =>
      imageText(answer, score),
    );
  if (scales.length > 0) return tell(await jobs.ablateRun({ ...run, factors }, context), runText);
  tell(await jobs.dependence(run, context), (all) => dependenceText(all, concepts, className));
}

/** A whole number is the place of a picture in the run; anything else a file. */
function pictureOf(image: string): AblatedPicture {
  return /^\d+$/.test(image) ? Number(image) : { file: image };
}

/** What the rest is scaled by is said of it as of a concept. */
const THE_REST = { id: REST, name: REST };

/** "CONCEPT=FACTOR" several times, each concept by id, name or rank (from 1), or the rest: factors by id. */
function factorsOf(scales: readonly string[], concepts: readonly ConceptItem[]): Record<string, number> {
  const asked = new Map<Pick<ConceptItem, 'id' | 'name'>, number>();
  const others = `, and "${REST}" for what no concept explains`;
  for (const text of scales) {
    const [name, factor] = conceptAndFactor(text);
    const isRest = name === REST && findConcept(name, concepts) === undefined;
    noteFactor(asked, isRest ? THE_REST : conceptNamed(name, concepts, others), factor);
  }
  return Object.fromEntries([...asked].map(([{ id }, factor]) => [id, factor]));
}
