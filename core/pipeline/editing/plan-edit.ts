import { changedAmounts } from '../../editing/edited-activations.ts';
import {
  checkBound,
  checkEdit,
  editedRows,
  type ConceptEdit,
  type EditChoice,
  type EditWay,
} from '../../editing/concept-edit.ts';
import { PatternGatherer, UsualGatherer } from '../../editing/concept-patterns.ts';
import { TesseraError } from '../../errors.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import { toRows } from '../../concepts/latent-rows.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { matrix, rowView, stackRows, takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { OnProgress } from '../../platform.ts';
import { sliceItems } from '../batch-items.ts';
import type { FileFact } from '../question.ts';
import type { ScoredScope } from '../run-context.ts';
import { spreadPlaces } from '../spread-places.ts';
import { CutActivations, type BankedCut } from './cut-activations.ts';

/** What is to be done to which concepts, by rows of the bank. */
export interface AskedEdit {
  readonly how: EditWay;
  /** [r]; 1 leaves a concept as it is. */
  readonly factors: readonly number[];
  /** Amounts up to this share of the largest of the run, 0…1, are left alone. */
  readonly above?: number;
}

/** The arrays of a run that an edit is planned from. */
export interface PlannedRun {
  readonly explanation: Pick<Explanation, 'layer'>;
  readonly conceptBank: CodedBank;
  /** U(x) [positions, r] of each explained image. */
  readonly coefficients: readonly Matrix[];
  /** The explained images, and the others that the run was given. */
  readonly explained: readonly FileFact[];
  readonly others: readonly FileFact[];
}

/** The arrays of a finished run that an edit is made from. */
export interface EditedRun extends PlannedRun {
  readonly explanation: Explanation;
}

/** An edit with all that it takes from pictures. */
export interface PlannedEdit {
  readonly edit: ConceptEdit;
  /** Images whose mean amount takes the concepts' place: others than the explained, or those of these that have least of them. */
  readonly without?: { readonly kind: 'others' | 'least'; readonly images: number };
}

/** Who hears how far a plan is, and what images have at the run's cut where that is kept between plans. */
export interface PlanWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly activations?: CutActivations;
}

/** Images read for means and patterns, at most, of either kind. */
const MOST_IMAGES = 160;
/** The fewest others that a mean is taken of. */
export const FEWEST_OTHERS = 10;

/**
 * The edit that was asked for, with means and patterns from the run's images.
 *
 * The mean of a concept "in images without it" is over the images that the run was given and does not explain; where there
 * are fewer than ten, over the quarter of the explained images that has least of the changed concepts.
 * Throws TesseraError 'no-images' where none of them can be read, 'bad-usage' as `checkEdit` and `projectors`.
 */
export async function planEdit(
  scope: ScoredScope,
  run: PlannedRun,
  { how, factors, above }: AskedEdit,
  work: PlanWork = {},
): Promise<PlannedEdit> {
  const bank = run.conceptBank;
  const own = { how, bank, factors };
  checkBound({ how, above });
  if (how === 'remove') {
    const bounds = above === undefined ? {} : { above: largestAmounts(run).map((most) => above * most) };
    const edit = { ...own, ...bounds };
    checkEdit(edit);
    return { edit };
  }
  const { activations = new CutActivations(scope, cutOf(run), { ...work, mostKept: 0 }) } = work;
  try {
    return await planFromImages(run, own, { ...work, activations });
  } finally {
    if (work.activations === undefined) await activations.dispose();
  }
}

async function planFromImages(
  run: PlannedRun,
  own: EditChoice,
  { activations, onProgress }: PlanWork & { readonly activations: CutActivations },
): Promise<PlannedEdit> {
  const { how, bank } = own;
  const rows = editedRows(own);
  const { withIt, without, kind } = imagesFor(run, rows);
  const total = without.length + (how === 'pattern' ? withIt.length : 0);
  const tell = (done: number): void => onProgress?.({ stage: 'edit-plan', done, total });
  const usual = new UsualGatherer(rows.length, bank.cols);
  let images = 0;
  for await (const { at, places, amounts } of placesOf(activations, without, own)) {
    tell(at);
    usual.add(places, amounts);
    images++;
  }
  if (images === 0) {
    throw new TesseraError('no-images', 'No image without the concepts can be read to take a mean of.', {
      hint: 'Put the images of the run back where they were, or remove the amounts instead.',
      options: ['how=remove'],
    });
  }
  const found = usual.usual();
  const edit: ConceptEdit = { ...own, means: atRows(rows, found.amounts, bank.rows) };
  if (how !== 'pattern') return { edit, without: { kind, images } };
  const patterns = new PatternGatherer(found, takeRows(bank, rows));
  for await (const { at, places, amounts } of placesOf(activations, withIt, own)) {
    tell(without.length + at);
    patterns.add(places, amounts);
  }
  tell(total);
  return {
    edit: { ...edit, patterns: amongRows(patterns.patterns(), rows, bank) },
    without: { kind, images },
  };
}

/** Largest amount of each concept at any place of the explained images, [r]. */
function largestAmounts({ conceptBank: { rows: r }, coefficients }: PlannedRun): number[] {
  const largest = new Array<number>(r).fill(0);
  for (const { data } of coefficients)
    data.forEach((value, i) => (largest[i % r] = Math.max(largest[i % r], value)));
  return largest;
}

function atRows(rows: readonly number[], values: ArrayLike<number>, r: number): Float64Array {
  const all = new Float64Array(r);
  rows.forEach((row, at) => (all[row] = values[at]));
  return all;
}

/** Rows [k, p] at the places of some concepts of a bank, the others zero: [r, p]. */
function amongRows(found: Matrix, rows: readonly number[], bank: CodedBank): Matrix {
  const all = matrix(bank.rows, bank.cols);
  rows.forEach((row, at) => all.data.set(rowView(found, at), row * bank.cols));
  return all;
}

/** Images with the concepts and without. */
interface ImagesFor {
  readonly withIt: readonly FileFact[];
  readonly without: readonly FileFact[];
  readonly kind: 'others' | 'least';
}

/** From which images an edit of some concepts, rows of the bank, takes means and patterns. */
export function imagesFor(
  { explained, others, coefficients }: PlannedRun,
  rows: readonly number[],
): ImagesFor {
  const some = (files: readonly FileFact[]): readonly FileFact[] => spreadOver(files, MOST_IMAGES);
  if (others.length >= FEWEST_OTHERS)
    return { withIt: some(explained), without: some(others), kind: 'others' };
  const strength = coefficients.map(({ cols, data }) =>
    Math.max(
      ...rows.map((row) =>
        data.reduce((most, value, i) => (i % cols === row ? Math.max(most, value) : most), 0),
      ),
    ),
  );
  const order = [...explained.keys()].sort((a, b) => strength[a] - strength[b]);
  const least = order.slice(0, Math.max(1, Math.floor(order.length / 4)));
  return {
    withIt: some(order.slice(least.length).map((at) => explained[at])),
    without: some(least.map((at) => explained[at])),
    kind: 'least',
  };
}

/** The cut of a run with its bank. */
export function cutOf({ explanation: { layer }, conceptBank: bank }: PlannedRun): BankedCut {
  return { layer, bank };
}

/** An image at a cut. */
interface ImagePlaces {
  /** Its place among the files that were asked for. */
  readonly at: number;
  /** Activations [positions, p], and v of the changed concepts in them [positions, k]. */
  readonly places: Matrix;
  readonly amounts: Matrix;
}

/** What images have at a cut, one after another; images that cannot be read are passed over. */
export async function* placesOf(
  activations: CutActivations,
  files: readonly FileFact[],
  edit: EditChoice,
): AsyncGenerator<ImagePlaces> {
  const { layer } = activations.cut;
  for await (const some of activations.of(files)) {
    const all = edit.how === 'project' ? undefined : await some.amounts();
    for (const [i, at] of some.at.entries()) {
      const places = toRows(sliceItems(some.activations, i, i + 1), layer);
      const codes = all && rowsBetween(all, i * places.rows, (i + 1) * places.rows);
      yield { at, places, amounts: await changedAmounts(places, edit, codes) };
    }
  }
}

function rowsBetween({ cols, data }: Matrix, start: number, end: number): Matrix {
  return matrix(end - start, cols, data.subarray(start * cols, end * cols));
}

/**
 * Some of the images that a file with the edit will meet, on which steps are chosen and the file is checked: spread over the
 * explained ones and, for a third where there are as many, the others that the run was given.
 */
export function checkedImages({ explained, others }: PlannedRun, images: number): readonly FileFact[] {
  const further = spreadOver(others, Math.floor(images / 3));
  return [...spreadOver(explained, images - further.length), ...further];
}

function spreadOver(files: readonly FileFact[], most: number): readonly FileFact[] {
  return spreadPlaces(files.length, most).map((place) => files[place]);
}

/** Rows of activations [n, p] of some images. */
export async function rowsIn(
  scope: ScoredScope,
  run: PlannedRun,
  files: readonly FileFact[],
): Promise<Matrix> {
  const activations = new CutActivations(scope, cutOf(run), { mostKept: 0 });
  const parts: Matrix[] = [];
  for await (const some of activations.of(files)) parts.push(toRows(some.activations, activations.cut.layer));
  await activations.dispose();
  return stackRows(parts);
}
