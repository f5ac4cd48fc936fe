import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { Explanation, SkippedFile } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import { driftOf, FEWEST_IMAGES, type Drift } from '../metrics/drift.ts';
import type { OnProgress } from '../platform.ts';
import type { Project } from '../project/project-folder.ts';
import { listBanks } from '../project/bank-folder.ts';
import { loadNotes, withGivenNames } from '../project/run-notes.ts';
import type { RunFile } from '../project/schema.ts';
import { loadRunTensors } from '../project/tensors-file.ts';
import { strongest } from './assemble-explanation.ts';
import { asRunFound, imagesOfRun } from './input-changes.ts';
import type { FileFact } from './question.ts';
import type { ScoredScope } from './run-context.ts';
import { restsOf, scoreImages, type ScoredImage } from './score-images.ts';
import { spreadPlaces } from './spread-places.ts';
import { UNFINISHED_HINT, unfinishedText } from '../wording/unfinished-words.ts';

/** Images of the run whose rest is looked at again, to know what is usual. */
const MOST_OWN = 200;
/** Keeps the ratio of two means finite. */
const TINY = 1e-12;
/** Fewer of the run's images do not tell what rest is usual. */
const FEWEST_OWN = 20;

/** A concept of the run with what became of it in the new images. */
export interface ScoredConcept {
  readonly id: string;
  readonly name: string;
  /** Undefined where either side has too few images that are answered as the run explains. */
  readonly drift?: Drift;
}

/** New images in the terms of a finished run. */
export interface ScoredRun {
  readonly images: readonly ScoredImage[];
  readonly skipped: readonly SkippedFile[];
  /** In the order of the run, the most important first; without those that a person hid. */
  readonly concepts: readonly ScoredConcept[];
  /**
   * Images between which distributions were compared: those of the run, and new ones; all of them, or those with the answer
   * that the run explains, of which there are `called` (null of a run that explains all images).
   */
  readonly compared: {
    readonly before: number;
    readonly now: number;
    readonly isOfAll: boolean;
    readonly called: number | null;
  };
  /** The most that is left of the activations of any image that the concepts were made from; undefined where too few tell. */
  readonly mostRest?: number;
  /** The run's own images whose rest was looked at. */
  readonly restImages: number;
}

/**
 * The concepts that drift, the clearest first: by the false discovery rate, then the distance, then how many times as much of
 * the concept there is. A mark that is new in every picture moves much of a bank as far as it goes; of the mark itself there
 * is the most times as much.
 */
export function driftedConcepts(
  concepts: readonly ScoredConcept[],
): (ScoredConcept & { readonly drift: Drift })[] {
  const times = ({ before, now }: Drift): number => Math.abs(Math.log((now + TINY) / (before + TINY)));
  return concepts
    .filter((one): one is ScoredConcept & { readonly drift: Drift } => one.drift?.isDrift === true)
    .sort(({ drift: a }, { drift: b }) => a.q - b.q || b.distance - a.distance || times(b) - times(a));
}

/** Do the concepts leave more of an image unexplained than of any of the run's own? Null where that is not known. */
export function isBeyond(rest: number, { mostRest }: Pick<ScoredRun, 'mostRest'>): boolean | null {
  return mostRest === undefined ? null : rest > mostRest;
}

/**
 * Scores images with the bank of a finished run, and looks for concepts whose amounts are distributed otherwise than in the
 * run's own images: among those that are answered alike where the run explains such, else among all, as where hardly any is
 * answered so.
 *
 * Throws TesseraError 'no-images' where none can be read, 'bad-project' for a run that has not finished.
 */
export async function scoreRun(
  scope: ScoredScope,
  { project, run }: { readonly project: Project; readonly run: RunFile },
  files: readonly FileFact[],
  options: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<ScoredRun> {
  const explanation = finished(run);
  const { conceptBank, coefficients } = await loadRunTensors(project, run.id);
  const subject = { scope, explanation, conceptBank };
  const { images, skipped } = await scoreImages({ ...subject, files }, options);
  if (images.length === 0) {
    const reasons = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
    throw new TesseraError('no-images', `None of the images could be used: ${reasons.join('; ')}.`, {
      hint: 'Give a folder of pictures that can be read.',
    });
  }
  const own = await imagesOfBank(project, run, explanation);
  const some = spreadPlaces(own.length, MOST_OWN).map((place) => own[place]);
  const rests = await restsOf({ ...subject, files: some }, options);
  const called = run.options.select === 'all' ? null : images.filter(({ isExplained }) => isExplained);
  // A change that turns the answers away must not hide itself.
  const isOfAll = called === null || called.length < FEWEST_IMAGES;
  const alike = isOfAll ? images : called;
  const before = coefficients.map(strongest);
  options.signal?.throwIfAborted();
  const drifts = driftOf(
    before,
    alike.map(({ amounts }) => amounts),
    run.seed,
  );
  const notes = await loadNotes(project, run.id);
  const shown = withGivenNames(explanation, notes).concepts.filter(({ id }) => !notes.hidden.includes(id));
  return {
    images,
    skipped,
    concepts: shown.map(({ id, name }) => {
      const drift = drifts?.[rowOfId(id)];
      return { id, name, ...(drift && { drift }) };
    }),
    compared: { before: before.length, now: alike.length, isOfAll, called: called?.length ?? null },
    restImages: rests.length,
    ...(rests.length >= FEWEST_OWN && { mostRest: Math.max(...rests) }),
  };
}

/** The images that the concepts were made from: of a bank of all classes its sample, where that is still known. */
async function imagesOfBank(
  project: Project,
  run: RunFile,
  { factorization: { shared } }: Explanation,
): Promise<FileFact[]> {
  const banks = shared === undefined ? [] : await listBanks(project);
  const own = banks.find(({ id }) => id === shared?.bank);
  if (own === undefined) return imagesOfRun(project, run);
  return asRunFound(
    project,
    run,
    own.bank.images.map((file) => ({ file })),
  );
}

function finished({ explanation, id }: RunFile): Explanation {
  if (explanation !== undefined) return explanation;
  throw new TesseraError('bad-project', unfinishedText(id, 'look for'), { hint: UNFINISHED_HINT });
}
