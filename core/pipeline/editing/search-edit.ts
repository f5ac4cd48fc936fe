import type { ConceptEdit, EditWay } from '../../editing/concept-edit.ts';
import { bestOf, frontierOf, halvesOf, type MendedCounts } from '../../editing/edit-frontier.ts';
import { TesseraError } from '../../errors.ts';
import type { OnProgress, Progress } from '../../platform.ts';
import { createRandom } from '../../random.ts';
import type { ModelIntake } from '../model-intake.ts';
import type { FileFact } from '../question.ts';
import type { ScoredScope } from '../run-context.ts';
import { CandidatePlanner, type EditCandidate } from './edit-candidates.ts';
import { runnerFor } from '../model-parts.ts';
import { batchAnswers } from '../picture-answers.ts';
import { readBatch } from '../pictures.ts';
import { countMended, knownImages, type KnownImage } from './count-mended.ts';
import { CutActivations } from './cut-activations.ts';
import { cutOf, type EditedRun } from './plan-edit.ts';
import { requireDecisions } from './prove-edit.ts';

/** Concepts at a cut. */
export interface SearchedCut {
  readonly run: EditedRun;
  /** What is changed as one, rows of the bank: a concept, or all of which one was merged; the most important first. */
  readonly concepts: readonly (readonly number[])[];
}

/** An edit of the frontier, and what it does to either half of the images. */
export interface FoundEdit extends EditCandidate {
  /** Place of its cut among those that were searched. */
  readonly cut: number;
  readonly tuning: MendedCounts;
  readonly test: MendedCounts;
}

/** What a search found. */
export interface EditSearch {
  /** Images of each half whose folder names a class, and how many of them the model gets wrong. */
  readonly tuning: { readonly images: number; readonly wrong: number };
  readonly test: { readonly images: number; readonly wrong: number };
  /** Edits that were tried. */
  readonly tried: number;
  /** From the one that breaks least on the tuning half. */
  readonly frontier: readonly FoundEdit[];
  /** Place in the frontier of the edit to take, by the tuning half alone; absent where none mends more than it breaks. */
  readonly best?: number;
  /** The half that no choice was made on. */
  readonly testImages: readonly FileFact[];
}

export interface SearchWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly seed: number;
}

/** The model as the run scores it, and as its file gives scores. */
type Scope = ScoredScope & { readonly raw: ModelIntake };

/** Images that are read and run at once. */
const BATCH = 32;
/** Concepts that are tried by themselves at a cut, and that are changed together, at most. */
const [MOST_SINGLES, MOST_TOGETHER] = [24, 3];
/** Ways that each concept is tried in; of sparse concepts a model file can hold the one alone that needs no exact amounts. */
const WAYS: readonly EditWay[] = ['pattern', 'mean', 'project', 'remove'];
const SPARSE_WAYS: readonly EditWay[] = ['project'];
/** Milder forms of the frontier's edits that are tried. */
const FACTORS = [0.75, 0.5, 0.25];
/** Right images of the tuning half that are looked at, at most; all wrong ones are. */
const MOST_RIGHT = 400;

/**
 * Looks for the edit that mends most decisions and breaks fewest: which concepts, how much, how, at which cut. Images whose
 * folder names a class fall into two halves, of every class and of right and wrong decisions alike, copies together; the
 * search sees the one, and what it finds is counted again on the other.
 *
 * Method  At each cut greedily: each concept by itself in several ways; to the best set one concept more, as long as that
 *         gains; milder factors and `pattern` for the edits of the frontier. Edits are judged by exact amounts.
 * Limits  Sets of which no single concept gains anything are not found. The counts on the tuning half flatter.
 * Throws  TesseraError 'bad-usage' where the model decides among no classes; 'no-images' where too few images have a known class or the model gets none of the tuning half wrong;
 *         the signal's reason when aborted.
 */
export async function searchEdit(
  scope: Scope,
  cuts: readonly SearchedCut[],
  files: readonly FileFact[],
  work: SearchWork,
): Promise<EditSearch> {
  requireDecisions(scope.raw);
  const halves = await knownHalves(scope, files, work);
  const search = new Search(scope, cuts, halves.tuning, work);
  for (const at of cuts.keys()) await search.at(at);
  return search.result(halves);
}

interface Halves {
  readonly tuning: readonly JudgedFile[];
  readonly test: readonly JudgedFile[];
}

interface JudgedFile extends KnownImage {
  readonly isRight: boolean;
}

async function knownHalves(
  scope: Scope,
  files: readonly FileFact[],
  { seed, signal, onProgress }: SearchWork,
): Promise<Halves> {
  const named = knownImages(scope.raw, files);
  const known: JudgedFile[] = [];
  const runner = runnerFor({ ...scope, intake: scope.raw }, scope.raw.model);
  try {
    for (let start = 0; start < named.length; start += BATCH) {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'predictions', done: start, total: named.length });
      const some = named.slice(start, start + BATCH);
      const own = some.map(({ file }) => file);
      const batch = await readBatch(scope.environment.codec, own, scope.raw.preprocessing.preprocessing);
      const { answers } = await batchAnswers({ runner, scores: scope.raw.scores }, batch, own);
      for (const { offset, answer } of answers)
        known.push({ ...some[offset], isRight: answer.index === some[offset].truth });
    }
  } finally {
    await runner.dispose();
  }
  const described = known.map(({ file, truth: own, isRight }, at) => ({
    group: `${own} ${isRight}`,
    content: file.stamp?.sha256 ?? `unknown ${at}`,
  }));
  const { tuning, test } = halvesOf(described, createRandom(seed));
  const halves = { tuning: tuning.map((at) => known[at]), test: test.map((at) => known[at]) };
  if (halves.tuning.some(({ isRight }) => !isRight)) return halves;
  throw new TesseraError(
    'no-images',
    known.length === 0
      ? 'No image lies in a folder that is named after a class, so that nobody knows which decisions are mistakes.'
      : `The model gets ${known.every(({ isRight }) => isRight) ? 'none' : 'too few'} of the ${known.length} images with a known class wrong; there is nothing to mend.`,
    {
      hint: 'Pictures without the cue would do, for example: add some that the model gets wrong, in folders named after classes.',
      options: ['images'],
    },
  );
}

interface Tried extends EditCandidate {
  readonly cut: number;
  readonly counts: MendedCounts;
}

const gainOf = ({ counts }: Tried): number => counts.mended - counts.broken;

/** Rounds at a cut, at most: concepts by themselves, one more at a time, milder forms. */
const ROUNDS = 1 + (MOST_TOGETHER - 1) + 1;

/** The edits that were tried so far, on the tuning half. */
class Search {
  readonly #scope: Scope;
  readonly #cuts: readonly SearchedCut[];
  readonly #images: readonly KnownImage[];
  readonly #work: SearchWork;
  readonly #tried: Tried[] = [];
  readonly #planners: CandidatePlanner[] = [];
  readonly #activations: CutActivations[] = [];
  readonly #rounds: { at: number; most: number };

  constructor(scope: Scope, cuts: readonly SearchedCut[], tuning: readonly JudgedFile[], work: SearchWork) {
    [this.#scope, this.#cuts, this.#work] = [scope, cuts, work];
    this.#rounds = { at: 0, most: ROUNDS * cuts.length };
    const wrong = tuning.filter(({ isRight }) => !isRight);
    const right = tuning.filter(({ isRight }) => isRight);
    const order = createRandom(work.seed).permutation(right.length).slice(0, MOST_RIGHT).sort();
    this.#images = [...wrong, ...Array.from(order, (at) => right[at])];
  }

  get #part() {
    return { of: 'round', ...this.#rounds } as const;
  }

  /** Tries what there is to try at one cut. */
  async at(cut: number): Promise<void> {
    const { run, concepts } = this.#cuts[cut];
    const raw = { ...this.#scope, intake: this.#scope.raw };
    const activations = new CutActivations(raw, cutOf(run), this.#work);
    this.#activations[cut] = activations;
    const { signal, onProgress } = this.#work;
    this.#planners[cut] = new CandidatePlanner(this.#scope, run, {
      ...{ signal, activations },
      onProgress: (stand) => onProgress?.({ ...stand, part: this.#part }),
    });
    const before = this.#rounds.at;
    try {
      await this.#tryAll(cut, concepts.slice(0, MOST_SINGLES));
    } finally {
      await activations.dispose();
    }
    // Rounds that there was no need of.
    this.#rounds.most -= ROUNDS - (this.#rounds.at - before);
  }

  async #tryAll(cut: number, singles: readonly (readonly number[])[]): Promise<void> {
    const ways = this.#cuts[cut].run.conceptBank.active === undefined ? WAYS : SPARSE_WAYS;
    const first = await this.#try(
      cut,
      ways.flatMap((how) => singles.map((rows) => ({ how, rows, factor: 0 }))),
    );
    let best = bestAmong(first);
    for (let size = 2; size <= MOST_TOGETHER && best !== undefined; size++) {
      const { how, rows } = best;
      const more = singles.filter(([row]) => !rows.includes(row));
      const joined = more.map((own) => ({ how, rows: [...rows, ...own], factor: 0 }));
      const found = bestAmong(await this.#try(cut, joined));
      if (found === undefined || gainOf(found) <= gainOf(best)) break;
      best = found;
    }
    const own = this.#tried.filter((one) => one.cut === cut);
    const leading = frontierOf(own.map(({ counts }) => counts)).map((at) => own[at]);
    const milder = leading.flatMap(({ how, rows }) => FACTORS.map((factor) => ({ how, rows, factor })));
    await this.#try(cut, milder);
  }

  async #try(cut: number, candidates: readonly EditCandidate[]): Promise<Tried[]> {
    if (candidates.length === 0) return [];
    this.#rounds.at++;
    const planned = await this.#planners[cut].plan(candidates);
    const possible = candidates.flatMap((candidate, at) => {
      const edit = planned[at];
      return edit === undefined ? [] : [{ candidate, edit }];
    });
    const edits = possible.map(({ edit }) => edit);
    const counts = await this.#count(cut, edits, this.#images, { stage: 'edits', part: this.#part });
    const tried = possible.map(({ candidate }, at) => ({ ...candidate, cut, counts: counts[at] }));
    this.#tried.push(...tried);
    return tried;
  }

  async #count(
    cut: number,
    edits: readonly ConceptEdit[],
    images: readonly KnownImage[],
    step: Pick<Progress, 'stage' | 'part'>,
  ): Promise<readonly MendedCounts[]> {
    const { signal, onProgress } = this.#work;
    const scope = { ...this.#scope, intake: this.#scope.raw };
    const counted = await countMended(scope, this.#activations[cut], edits, images, {
      signal,
      onImage: (done, total) => onProgress?.({ ...step, done, total }),
    });
    return counted.edits;
  }

  /** The frontier over all cuts, counted again on the other half. */
  async result({ tuning, test }: Halves): Promise<EditSearch> {
    // Of edits that do the same the one that changes least comes first.
    const tried = this.#tried.toSorted((a, b) => a.rows.length - b.rows.length || b.factor - a.factor);
    const counts = tried.map((one) => one.counts);
    const places = frontierOf(counts);
    const frontier = places.map((at) => tried[at]);
    const tested: MendedCounts[] = [];
    for (const cut of this.#cuts.keys()) {
      const own = [...frontier.keys()].filter((at) => frontier[at].cut === cut);
      if (own.length === 0) continue;
      const edits = (await this.#planners[cut].plan(own.map((at) => frontier[at]))).map((edit) => edit!);
      const found = await this.#count(cut, edits, test, { stage: 'edit-test' });
      await this.#activations[cut].dispose();
      own.forEach((at, i) => (tested[at] = found[i]));
    }
    const best = bestOf(counts);
    return {
      tuning: sizeOf(tuning),
      test: sizeOf(test),
      tried: tried.length,
      frontier: frontier.map(({ counts: own, ...one }, at) => ({ ...one, tuning: own, test: tested[at] })),
      ...(best !== undefined && { best: places.indexOf(best) }),
      testImages: test.map(({ file }) => file),
    };
  }
}

function bestAmong(tried: readonly Tried[]): Tried | undefined {
  const best = bestOf(tried.map(({ counts }) => counts));
  return best === undefined ? undefined : tried[best];
}

function sizeOf(half: readonly JudgedFile[]) {
  return { images: half.length, wrong: half.filter(({ isRight }) => !isRight).length };
}
