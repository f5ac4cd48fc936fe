import type { Explanation, SkippedFile } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import { driftOf, FEWEST_IMAGES, type Drift } from '../metrics/drift.ts';
import type { OnProgress } from '../platform.ts';
import type { Project } from '../project/project-folder.ts';
import { listBanks } from '../project/bank-folder.ts';
import type { RunFile } from '../project/schema.ts';
import { withAmounts } from '../concepts/merged-concepts.ts';
import { strongest } from '../concepts/strongest.ts';
import { columnOf, type FurtherConcept } from './further-concepts.ts';
import { loadShownRun, type LoadedShown } from './shown-run.ts';
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
  /** Where its figures are among those of an image. */
  readonly column: number;
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
  const shown = await loadShownRun(project, { ...run, explanation });
  const { conceptBank, own, further } = shown;
  const subject = { scope, explanation, conceptBank };
  const { images, skipped } = await scoreImages({ ...subject, files, further }, options);
  if (images.length === 0) {
    const reasons = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
    throw new TesseraError('no-images', `None of the images could be used: ${reasons.join('; ')}.`, {
      hint: 'Give a folder of pictures that can be read.',
    });
  }
  const made = await imagesOfBank(project, run, explanation);
  const looked = spreadPlaces(made.length, MOST_OWN).map((place) => made[place]);
  const rests = await restsOf({ ...subject, files: looked }, options);
  const called = run.options.select === 'all' ? null : images.filter(({ isExplained }) => isExplained);
  // A change that turns the answers away must not hide itself.
  const isOfAll = called === null || called.length < FEWEST_IMAGES;
  const alike = isOfAll ? images : called;
  const before = amountsBefore(shown);
  options.signal?.throwIfAborted();
  const columns = columnsByThemselves(conceptBank.rows, further);
  const some = (amounts: ArrayLike<number>) => Float32Array.from(columns, (column) => amounts[column]);
  const drifts = driftOf(
    before.map(some),
    alike.map(({ amounts }) => some(amounts)),
    run.seed,
  );
  return {
    images,
    skipped,
    concepts: [...shown.explanation.concepts, ...own.map(({ concept }) => concept)]
      .filter(({ id }) => !shown.notes.hidden.includes(id))
      .map(({ id, name }) => {
        const column = columnOf(id, conceptBank.rows, further);
        const drift = drifts?.[columns.indexOf(column)];
        return { id, name, column, ...(drift && { drift }) };
      }),
    compared: { before: before.length, now: alike.length, isOfAll, called: called?.length ?? null },
    restImages: rests.length,
    ...(rests.length >= FEWEST_OWN && { mostRest: rests.reduce((a, b) => Math.max(a, b)) }),
  };
}

/** Strongest amount of each concept in the run's own images, as {@link ScoredImage} has them. */
function amountsBefore({ found, own, conceptBank, further }: LoadedShown): Float32Array[] {
  const groups = further.flatMap((one) => (one.kind === 'merged' ? [one.columns] : []));
  return found.map((coefficients, image) =>
    Float32Array.from([
      ...strongest(withAmounts(coefficients, conceptBank, groups)),
      ...own.map(({ tensors }) => tensors.amounts[image].reduce((so, amount) => Math.max(so, amount), 0)),
    ]),
  );
}

/** Columns but those of concepts that stand for nothing by themselves, since they are merged. */
function columnsByThemselves(r: number, further: readonly FurtherConcept[]): number[] {
  const merged = further.flatMap((one) => (one.kind === 'merged' ? one.columns : []));
  return Array.from({ length: r + further.length }, (_, column) => column).filter(
    (column) => !merged.includes(column),
  );
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
