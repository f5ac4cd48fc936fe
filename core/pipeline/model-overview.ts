import { classOverview, type OverviewConcept } from '../concepts/class-overview.ts';
import type { Explanation } from '../concepts/explanation.ts';
import type { OverviewBank } from '../concepts/whole-model.ts';
import { TesseraError } from '../errors.ts';
import { judgedImages } from '../images/folder-class.ts';
import { pairCounts, type PairCount } from '../metrics/confusion-matrix.ts';
import type { JudgedImage } from '../metrics/confusion-pairs.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { hitRate } from '../metrics/hit-rate.ts';
import { shareEstimate } from '../metrics/wilson.ts';
import { loadPredictions } from '../project/predictions-file.ts';
import type { Project } from '../project/project-folder.ts';
import { listRuns } from '../project/run-list.ts';
import { loadBankNotes, withGivenNames, type ConceptNotes } from '../project/run-notes.ts';
import { loadRunTensors } from '../project/tensors-file.ts';
import { asShown } from '../report/as-shown.ts';
import type {
  ConceptCover,
  ConfusedPair,
  ModelOverview,
  OverviewClass,
  RightShare,
} from '../report/overview/overview-data.ts';
import { shortcutsInWords } from '../report/shortcuts-in-words.ts';
import { trustVerdict } from '../report/trust-verdict.ts';
import { answerNames } from '../score/score-record.ts';
import { missingMerges, type FinishedRun } from './bank-merges.ts';
import { loadMerges, mergedRun } from './merged-run.ts';
import { runBoxes } from './run-boxes.ts';
import { predictedClasses } from './selection.ts';
import { LEAST_IMAGES } from './shared-bank.ts';
import { runPreprocessing } from './run-preprocessing.ts';

/** A finished run with a bank that runs of other classes have too. */
interface SharedRun {
  readonly id: string;
  readonly bank: string;
  readonly created: string;
  /** As the run found it. */
  readonly run: FinishedRun;
  /** Where concepts are merged, they are one. */
  readonly explanation: Explanation;
  readonly evaluation?: Evaluation;
}

/** Strongest places that stand for a concept. */
const COVER = 6;

/**
 * Lays the newest finished runs of every class with one shared bank beside each other: the bank that was used last unless
 * one is named. Undefined where no finished run has a bank that other classes can have too.
 *
 * Throws TesseraError 'unknown-name' for a bank that no finished run has.
 */
export async function modelOverview(project: Project, bankId?: string): Promise<ModelOverview | undefined> {
  const runs = await sharedRuns(project);
  const banks = banksOf(runs);
  const bank = bankId === undefined ? banks.at(0) : banks.find(({ id }) => id === bankId);
  if (bank === undefined) {
    if (bankId === undefined) return undefined;
    throw new TesseraError('unknown-name', `No finished run of the project has the bank "${bankId}".`);
  }
  const own = newestOfClasses(runs.filter((run) => run.bank === bank.id));
  const notes = (await loadBankNotes(project, bank.id)) ?? NO_NOTES;
  const apart = await groupsApart(project, own, notes);
  const groups = notes.merged.filter((group) => !apart.some((one) => one.group === group));
  const merged: SharedRun[] = [];
  for (const run of own) merged.push(await withMerged(project, run, groups));
  return assemble(project, { bank, banks, runs: merged, notes, apart });
}

/** Groups that are not computed for all of the classes: one concept in some and several in others would be two tables. */
async function groupsApart(
  project: Project,
  runs: readonly SharedRun[],
  { merged }: ConceptNotes,
): Promise<ModelOverview['apart']> {
  const missing = await missingMerges(
    project,
    runs.map(({ run }) => run),
    merged,
  );
  return merged.flatMap((group) => {
    const lacking = missing.filter(({ groups }) => groups.includes(group));
    if (lacking.length === 0) return [];
    return [{ group, classes: lacking.map(({ run }) => run.explanation.classIndex) }];
  });
}

async function withMerged(
  project: Project,
  shared: SharedRun,
  merged: ConceptNotes['merged'],
): Promise<SharedRun> {
  if (merged.length === 0) return shared;
  const { run } = shared;
  const { known } = await loadMerges(project, run, { merged });
  const preprocessing = runPreprocessing(project, run);
  const found = { explanation: run.explanation, tensors: await loadRunTensors(project, run.id) };
  const boxes = runBoxes(run.explanation, run, preprocessing);
  const { explanation } = mergedRun(found, known, { boxes, seed: run.options.seed });
  return { ...shared, explanation };
}

const NO_NOTES: ConceptNotes = { names: {}, hidden: [], merged: [], comments: {} };

/** The finished runs of a project that explain a class, label or side with a shared bank, the newest first. */
async function sharedRuns(project: Project): Promise<SharedRun[]> {
  const listed = await listRuns(project);
  return listed.flatMap((one): SharedRun[] => {
    if (one.status !== 'finished') return [];
    const { explanation, created } = one.run;
    const bank = explanation?.factorization.shared?.bank;
    if (explanation === undefined || bank === undefined || !isOfOneClass(explanation)) return [];
    const { evaluation } = one;
    const run = { ...one.run, explanation };
    return [{ id: one.id, bank, created, run, explanation, ...(evaluation && { evaluation }) }];
  });
}

/** A lead over another class, or a mere absence, is no row beside classes. */
function isOfOneClass({ score }: Explanation): boolean {
  return score === undefined || ['class', 'side'].includes(score.explained.kind);
}

function banksOf(runs: readonly SharedRun[]): OverviewBank[] {
  return [...grouped(runs, ({ bank }) => bank)].map(([id, [newest, ...others]]) => ({
    id,
    layer: newest.explanation.layer.tensor,
    concepts: newest.explanation.concepts.length,
    classes: newestOfClasses([newest, ...others]).length,
    newest: newest.created,
  }));
}

function newestOfClasses(runs: readonly SharedRun[]): SharedRun[] {
  return [...grouped(runs, ({ explanation }) => explanation.classIndex).values()].map(([newest]) => newest);
}

function grouped<Key>(runs: readonly SharedRun[], keyOf: (run: SharedRun) => Key): Map<Key, SharedRun[]> {
  const groups = new Map<Key, SharedRun[]>();
  for (const run of runs) {
    const own = groups.get(keyOf(run));
    if (own === undefined) groups.set(keyOf(run), [run]);
    else own.push(run);
  }
  return groups;
}

interface Parts {
  readonly bank: OverviewBank;
  readonly banks: readonly OverviewBank[];
  readonly runs: readonly SharedRun[];
  readonly notes: ConceptNotes;
  readonly apart: ModelOverview['apart'];
}

async function assemble(
  project: Project,
  { bank, banks, runs, notes, apart }: Parts,
): Promise<ModelOverview> {
  const shown = new Map(runs.map((run) => [run.explanation.classIndex, withNotes(run, notes)]));
  const order = classOverview([...shown.values()]);
  const names = answerNames(runs[0].explanation.score, project.file.labels.names);
  const given = (await givenIn(project, runs)) ?? [];
  const judged = judgedImages(
    names,
    given.map(({ file, index }) => ({ path: file, index })),
  );
  const runOf = new Map(runs.map((run) => [run.explanation.classIndex, run]));
  const classes = order.classes.map((index) => classOf(runOf.get(index)!, shown.get(index)!, judged));
  const concepts = order.concepts.map((concept) => ({ ...concept, cover: coverOf(concept, runs) }));
  const confused = pairCounts(judged).map((pair): ConfusedPair => ({
    ...pair,
    share: shareEstimate(pair.count, pair.images),
    ...sharedConcepts(pair, concepts, order.classes),
  }));
  return {
    bank,
    banks,
    names,
    classes,
    unexplained: [...new Set(judged.flatMap(({ truth }) => truth ?? []))]
      .filter((index) => !runOf.has(index))
      .map((index) => ({ index, right: rightShare(index, judged)! })),
    concepts,
    conceptNames: Object.fromEntries(
      withGivenNames(runs[0].run.explanation, notes).concepts.map(({ id, name }) => [id, name]),
    ),
    hidden: notes.hidden,
    apart,
    answers: hitRate(judged, names.length),
    confused,
    left: predictedClasses(given, LEAST_IMAGES)
      .filter((index) => !runOf.has(index))
      .map((index) => ({ index, images: given.filter((one) => one.index === index).length })),
  };
}

/** As people are shown it, with the names they gave and without what they hid. */
function withNotes({ explanation, evaluation }: SharedRun, notes: ConceptNotes): Explanation {
  const concepts = asShown(explanation, evaluation).concepts.filter(({ id }) => !notes.hidden.includes(id));
  return withGivenNames({ ...explanation, concepts }, notes);
}

/** What the model said of all images, by the newest run of those that kept it. */
async function givenIn(project: Project, runs: readonly SharedRun[]) {
  const newestFirst = [...runs].sort((a, b) => (a.created < b.created ? 1 : -1));
  for (const { id } of newestFirst) {
    const given = await loadPredictions(project, id);
    if (given !== undefined) return given;
  }
  return undefined;
}

function classOf(
  { id, run, explanation, evaluation }: SharedRun,
  shown: Explanation,
  judged: readonly JudgedImage[],
): OverviewClass {
  const { classIndex, className, images, rest } = explanation;
  const right = rightShare(classIndex, judged);
  // The check is of concepts by themselves.
  const { grade, headline } = trustVerdict(run.explanation, evaluation);
  return {
    index: classIndex,
    name: className,
    runId: id,
    images: images.length,
    ...(right && { right }),
    ...(rest && { rest: { mean: rest.mean, low: rest.low, high: rest.high } }),
    grade,
    headline,
    shortcuts: shortcutsInWords(shown),
    files: images.map(({ file }) => file),
    crops: new Map(explanation.concepts.map((concept) => [concept.id, concept.crops.slice(0, COVER)])),
  };
}

/** Undefined where no folder names the class. */
function rightShare(index: number, judged: readonly JudgedImage[]): RightShare | undefined {
  const own = judged.filter(({ truth }) => truth === index);
  if (own.length === 0) return undefined;
  const hits = own.filter(({ predicted }) => predicted === index).length;
  return { ...shareEstimate(hits, own.length), images: own.length };
}

/** The class for which a concept counts most shows it. */
function coverOf({ id, countsFor }: OverviewConcept, runs: readonly SharedRun[]): ConceptCover {
  const best = runs.find(({ explanation }) => explanation.classIndex === countsFor[0]) ?? runs[0];
  const crops = best.explanation.concepts.find((concept) => concept.id === id)?.crops ?? [];
  return { runId: best.id, crops: crops.slice(0, COVER) };
}

function sharedConcepts(
  { truth, predicted }: PairCount,
  concepts: readonly OverviewConcept[],
  classes: readonly number[],
): Pick<ConfusedPair, 'shared'> {
  const [a, b] = [classes.indexOf(truth), classes.indexOf(predicted)];
  if (a < 0 || b < 0) return {};
  const least = ({ importance }: OverviewConcept): number => Math.min(importance[a].mean, importance[b].mean);
  return {
    shared: concepts
      .filter(({ countsFor }) => countsFor.includes(truth) && countsFor.includes(predicted))
      .sort((one, other) => least(other) - least(one))
      .map(({ id }) => id),
  };
}
