import type { Box, Explanation, SkippedFile } from '../../concepts/explanation.ts';
import {
  classImportance,
  importanceOfImages,
  meanIndices,
  type ImageImportance,
} from '../../concepts/importance.ts';
import { bankWithOwn, directionOverlap } from '../../concepts/own/own-game.ts';
import { directionOf, inUnits, type OwnDirection } from '../../concepts/own/own-direction.ts';
import type { OwnConcept, StoredOwnConcept } from '../../concepts/own/own-concept.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { TesseraError } from '../../errors.ts';
import { parsePreprocessing } from '../../images/preprocessing.ts';
import { matrixColumn, stackRows, takeRows } from '../../linalg/matrix.ts';
import { innerProduct } from '../../linalg/norms.ts';
import { openProbes, type Probes } from '../../metrics/linear-probe.ts';
import { compareWithRandomSets, RANDOM_SETS, type ComparedProbe } from '../../metrics/random-sets.ts';
import { shareEstimate } from '../../metrics/wilson.ts';
import type { RunTensors } from '../../project/run-tensors.ts';
import type { RunFile } from '../../project/schema.ts';
import { prevalences } from '../assemble-explanation.ts';
import { CHUNK } from '../chunked.ts';
import { imagesOfRun, requireSameImages } from '../input-changes.ts';
import { strongestCrops } from '../merged-run.ts';
import { cutAt } from '../model-parts.ts';
import { runBoxes } from '../run-boxes.ts';
import type { ScoredScope, WorkScope } from '../run-context.ts';
import { designsOf } from '../stages/importance.ts';
import { movementOf } from '../stages/rest.ts';
import {
  findExamples,
  requireEnough,
  requireOthers,
  type ExampleSets,
  type OwnConceptQuestion,
} from './examples.ts';
import { ownInImages, type OwnInImages, type OwnSubject } from './own-in-images.ts';
import { pooledRows } from './pooled-rows.ts';

/** An own concept as it was made, without the id that it is kept by, and pictures that were of no use. */
export interface MadeOwnConcept {
  readonly concept: Omit<OwnConcept, 'id'>;
  readonly tensors: StoredOwnConcept['tensors'];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Rows are in units of their scatter. So strong a regularisation keeps the direction near the difference of the means: one
 * that separates a few examples better leans on channels in which the concept is not, and takes less of it away. On the
 * demo's stamp (24 painted scenes, its own concepts of importance 57 and 9 %): C = 10 gives a cosine of 0.75 with what the
 * run found and an importance of 5 %, C = 1 0.84 and 29 %, C = 0.1 0.91 and 54 %, C = 0.01 0.93 and 55 %.
 */
const PROBE = { isBalanced: true, c: 0.1 } as const;

type FinishedRun = RunFile & { readonly explanation: Explanation };

/**
 * Makes a concept of a person's examples at the cut of a finished run: fits a direction to them (a linear probe), says how
 * well it tells them from other pictures and how far random sets do, and what it does to the score beside the concepts
 * of the run (own-game.ts), in the run's own designs.
 *
 * Throws   TesseraError 'bad-usage' and 'no-images' as {@link findExamples}, 'bad-image' where the run's pictures are not what
 *          they were; the signal's reason when aborted.
 * Source   Kim et al. 2018 (TCAV) for direction, score and comparison; Anders et al. 2022 ("Finding and removing Clever
 *          Hans") for taking a direction away down to the probe's border.
 * Limits   the direction is one for all positions of the layer. Examples that share more than the concept, as their
 *          background, give a direction of that too.
 */
export async function makeOwnConcept(
  scope: ScoredScope & WorkScope,
  run: FinishedRun,
  { conceptBank }: Pick<RunTensors, 'conceptBank'>,
  question: OwnConceptQuestion,
): Promise<MadeOwnConcept> {
  const { project, signal } = scope;
  await requireSameImages(project, run);
  const preprocessing = parsePreprocessing(run.given?.preprocessing ?? project.file.preprocessing);
  const boxes = runBoxes(run.explanation, run, preprocessing);
  const sets = await findExamples(project, run, question, boxes);
  const images = await imagesOfRun(project, run);
  const { step, onDone } = stepper(
    scope,
    sets.examples.length + sets.others.length + 2 * images.length + RANDOM_SETS,
  );
  const fitted = await fitDirection(scope, run, question, sets, onDone);
  const subject: OwnSubject = { scope, run, conceptBank, images, onDone: step, signal };
  const seen = await ownInImages(subject, fitted);
  const compared = await compare(scope, run, fitted, seen, step);
  const importances = await importancesOf(subject, fitted, seen);
  const { folder } = question.examples;
  return {
    concept: {
      name: question.name,
      examples: fitted.examples,
      ...(folder !== undefined && { folder: project.storage.resolve(folder) }),
      others: {
        count: fitted.others,
        from: sets.othersFrom,
        ...(question.against !== undefined && { folder: project.storage.resolve(question.against) }),
      },
      accuracy: compared.accuracy,
      sets: compared.sets,
      ...tcavOf(compared, images.length),
      ...figuresOf(subject, fitted, { seen, importances, boxes }),
    },
    tensors: tensorsOf(fitted, seen, importances),
    skipped: [...sets.skipped, ...fitted.skipped],
  };
}

/** One count for all that is done. */
function stepper({ onProgress, signal }: WorkScope, total: number) {
  let done = 0;
  const onDone = (count: number): void => {
    signal?.throwIfAborted();
    done += count;
    onProgress({ stage: 'own-concept', done, total });
  };
  onDone(0);
  return { onDone, step: (): void => onDone(1) };
}

interface Fitted extends OwnDirection {
  readonly probes: Probes;
  readonly labels: readonly number[];
  readonly groups: readonly number[];
  readonly examples: OwnConcept['examples'];
  readonly others: number;
  readonly skipped: readonly SkippedFile[];
}

async function fitDirection(
  scope: ScoredScope & WorkScope,
  run: FinishedRun,
  { name, against }: OwnConceptQuestion,
  sets: ExampleSets,
  onDone: (count: number) => void,
): Promise<Fitted> {
  const work = { onDone, ...(scope.signal && { signal: scope.signal }) };
  const { layer } = run.explanation;
  const shown = await pooledRows(scope, layer, sets.examples, work);
  refuseUnreadable(name, shown.places.length, shown.skipped);
  requireEnough(name, shown.places);
  const other = await pooledRows(scope, layer, sets.others, work);
  requireOthers(name, other.places, against);
  const places = [...shown.places, ...other.places];
  const { rows, unit } = inUnits(stackRows([shown.rows!, other.rows!]));
  const labels = places.map((_, at) => Number(at < shown.places.length));
  const probes = openProbes(rows);
  const contents = new Map<string, number>();
  const groups = places.map(({ file }) => {
    const content = file.stamp.sha256 ?? file.path;
    if (!contents.has(content)) contents.set(content, contents.size);
    return contents.get(content)!;
  });
  return {
    ...directionOf(
      probes.fit([...labels.keys()], labels, PROBE),
      unit,
      takeRows(rows, [...labels.keys()].slice(shown.places.length)),
    ),
    ...{ probes, labels, groups },
    examples: shown.places.map(({ file, box }) => ({
      file: file.path,
      sha256: file.stamp.sha256 ?? '',
      ...(box && { box }),
    })),
    others: other.places.length,
    skipped: [...shown.skipped, ...other.skipped],
  };
}

function refuseUnreadable(name: string, readable: number, skipped: readonly SkippedFile[]): void {
  if (readable > 0) return;
  const reasons = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
  throw new TesseraError(
    'no-images',
    `None of the examples of "${name}" can be read: ${reasons.join('; ')}.`,
    {
      hint: 'Give pictures that can be read.',
    },
  );
}

function compare(
  { signal }: WorkScope,
  { options }: FinishedRun,
  { probes, labels, groups }: Fitted,
  { gradients }: OwnInImages,
  step: () => void,
): Promise<ComparedProbe> {
  return compareWithRandomSets(
    probes,
    { labels, groups },
    {
      seed: options.seed,
      ...PROBE,
      // The event that stops the work comes through the same thread.
      pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
      onProgress: ({ done }) => {
        if (done > 0) step();
      },
      ...(gradients && { scoreOf: (weights: Float64Array) => risingShare(gradients, weights) }),
      ...(signal && { signal }),
    },
  );
}

/** TCAV score: share of the images whose score rises along a direction. */
function risingShare(gradients: readonly Float32Array[], direction: Float64Array): number {
  return gradients.filter((gradient) => innerProduct(gradient, direction) > 0).length / gradients.length;
}

function tcavOf({ score }: ComparedProbe, images: number): Pick<OwnConcept, 'tcav'> {
  if (score === undefined) return {};
  return { tcav: { ...score, ...shareEstimate(Math.round(score.value * images), images) } };
}

/** Total indices of all players of the game, the own concept last, image by image. */
async function importancesOf(
  { scope, run, conceptBank, onDone, signal }: OwnSubject,
  own: OwnDirection,
  { coefficients }: OwnInImages,
): Promise<ImageImportance[]> {
  const { layer, classIndex } = run.explanation;
  const head = await createSpecialisedMaskedHead(
    cutAt(scope.intake, layer).head,
    layer,
    bankWithOwn(conceptBank, own),
    classIndex,
    { sessions: scope.device.sessions, memoryBudget: scope.environment.memoryBudget },
  );
  const found: ImageImportance[] = [];
  try {
    for (const [chunk, design] of designsOf(run.options, coefficients.length).entries()) {
      const some = coefficients.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
      found.push(
        ...(await importanceOfImages(some, head, design, {
          total: some.length,
          onProgress: onDone,
          ...(signal && { signal }),
        })),
      );
    }
  } finally {
    await head.dispose();
  }
  return found;
}

type Figures = Pick<
  OwnConcept,
  'importance' | 'effect' | 'rest' | 'prevalence' | 'flips' | 'overlap' | 'crops' | 'isLinear'
>;

function figuresOf(
  { run, conceptBank }: OwnSubject,
  own: OwnDirection,
  {
    seen,
    importances,
    boxes,
  }: {
    readonly seen: OwnInImages;
    readonly importances: readonly ImageImportance[];
    readonly boxes: readonly Box[];
  },
): Figures {
  const r = conceptBank.rows;
  const { estimates, method } = classImportance(importances, run.options.seed);
  const { rest, effects } = movementOf(seen.rests, run.options.seed);
  return {
    isLinear: method === 'exact',
    importance: estimates[r],
    ...(effects && { effect: effects[r] }),
    ...(rest && { rest: { mean: rest.mean, low: rest.low, high: rest.high } }),
    prevalence: prevalences(seen.coefficients)[r],
    flips: seen.flips,
    overlap: {
      ...directionOverlap(conceptBank, own),
      found: run.explanation.concepts.map(({ id }) => ({ concept: id, importance: estimates[rowOfId(id)] })),
    },
    crops: strongestCrops(seen.coefficients, r, boxes),
  };
}

function tensorsOf(
  { direction, border, usual }: OwnDirection,
  { coefficients }: OwnInImages,
  importances: readonly ImageImportance[],
): StoredOwnConcept['tensors'] {
  return {
    direction,
    border,
    usual,
    amounts: coefficients.map((one) => matrixColumn(one, one.cols - 1)),
    imageImportance: Float64Array.from(importances, (one) =>
      one.status === 'non-finite' ? Number.NaN : meanIndices(one).at(-1)!,
    ),
  };
}
