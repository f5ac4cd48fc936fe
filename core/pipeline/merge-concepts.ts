import { MAP_METHODS, MAP_METHOD_NAMES } from '../attribution/methods.ts';
import type { ConceptRemoval, Explanation } from '../concepts/explanation.ts';
import { exampleImages } from '../concepts/gallery.ts';
import { classImportance, importanceOfImages, meanIndices } from '../concepts/importance.ts';
import type { ImageImportance } from '../concepts/importance.ts';
import {
  headOfPlayers,
  imageOfPlayers,
  playersOf,
  withMergedColumns,
  type Players,
} from '../concepts/merged-concepts.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import { createSpecialisedMaskedHead } from '../concepts/specialised-masked-head.ts';
import { whyNot } from '../concepts/why-not.ts';
import { TesseraError } from '../errors.ts';
import { OWN_ID } from '../project/own-definitions-file.ts';
import type { MergedFigures, MergedMaps } from '../project/merged-file.ts';
import type { RunTensors } from '../project/run-tensors.ts';
import type { RunFile } from '../project/schema.ts';
import { openAblator, type Ablator } from './ablator.ts';
import { CHUNK } from './chunked.ts';
import { openConceptMapper } from './concept-mapper.ts';
import { asRunFound, imagesOfRun, requireSameImages } from './input-changes.ts';
import { strongestCrops } from './merged-run.ts';
import { cutAt } from './model-parts.ts';
import { readBatch, requireAll } from './pictures.ts';
import type { FileFact } from './question.ts';
import { runBoxes } from './run-boxes.ts';
import type { ScoredScope, WorkScope } from './run-context.ts';
import { designsOf } from './stages/importance.ts';
import { runPreprocessing } from './run-preprocessing.ts';

type BankTensors = Pick<RunTensors, 'conceptBank' | 'coefficients'>;

/** What is computed together, and how far it is. */
interface Work {
  readonly scope: ScoredScope & WorkScope;
  readonly run: RunFile;
  readonly explanation: Explanation;
  readonly tensors: BankTensors;
  /** Rows of the bank, and the same as a player of the game. */
  readonly columns: readonly number[];
  readonly players: Players;
  readonly player: number;
  readonly images: readonly FileFact[];
  readonly step: (by?: number) => void;
}

/**
 * Computes of some concepts of a finished run together what the run has of each by itself: the total index of the group
 * in the game in which it is one player and all others are by themselves, with the run's own designs; the images decided
 * otherwise without the whole group; its part in the mistakes; its maps in the images where it is strongest.
 *
 * Throws   TesseraError 'unknown-name' for a concept that the run has not, 'bad-usage' for parts or for too few,
 *          'bad-image' where pictures are not what they were.
 */
export async function mergeConcepts(
  scope: ScoredScope & WorkScope,
  run: RunFile & { readonly explanation: Explanation },
  tensors: BankTensors,
  group: readonly string[],
): Promise<MergedFigures> {
  const { explanation } = run;
  checkGroup(explanation, group);
  await requireSameImages(scope.project, run);
  const columns = group.map(rowOfId);
  const players = playersOf(tensors.conceptBank.rows, [columns]);
  const images = await imagesOfRun(scope.project, run);
  const mistakes = await asRunFound(scope.project, run, explanation.mistakes ?? []);
  const methods = drawnMethods(explanation);
  const total = stepsOfMerge(explanation);
  let done = 0;
  const work: Work = {
    ...{ scope, run, explanation, tensors, columns, players, images },
    player: players.findIndex((one) => one.includes(columns[0])),
    step: (by = 1) => {
      scope.signal?.throwIfAborted();
      done += by;
      scope.onProgress({ stage: 'merge', done, total });
    },
  };
  work.step(0);
  const importances = await groupImportances(work);
  const { estimates } = classImportance(importances, run.options.seed);
  const { layer } = explanation;
  const { conceptBank, coefficients } = tensors;
  const ablator = openAblator(scope, { layer, conceptBank, files: images, coefficients });
  try {
    const flips = await groupFlips(work, ablator);
    const changes = await groupChanges(work, ablator, mistakes);
    return {
      importance: estimates[0],
      imageImportance: Float64Array.from(importances, (one) =>
        one.status === 'non-finite' ? Number.NaN : meanIndices(one)[0],
      ),
      ...(explanation.removals && { flips }),
      ...(explanation.mistakes && { changes }),
      maps: await groupMaps(work, methods),
    };
  } finally {
    await ablator.dispose();
  }
}

/** Steps that {@link mergeConcepts} tells of for one group of a run's concepts. */
export function stepsOfMerge(explanation: Explanation): number {
  const { images, mistakes = [] } = explanation;
  return 2 * images.length + mistakes.length + drawnMethods(explanation).length;
}

function checkGroup({ concepts }: Explanation, group: readonly string[]): void {
  for (const id of group) {
    if (concepts.some((concept) => concept.id === id)) continue;
    if (OWN_ID.test(id))
      throw new TesseraError('bad-usage', 'Concepts of your own cannot be merged.', {
        hint: 'Merge concepts that the run found.',
      });
    throw id.includes('-')
      ? new TesseraError('bad-usage', 'Parts of a concept cannot be merged.', {
          hint: 'Merge concepts of the run, or decompose the concept into fewer parts.',
        })
      : new TesseraError('unknown-name', `The run has no concept "${id}".`);
  }
  if (new Set(group).size > 1) return;
  throw new TesseraError('bad-usage', 'Two concepts or more are merged, got one.');
}

/** Methods whose maps the run has stored, in the order in which it shows them. */
function drawnMethods({ maps = [] }: Explanation) {
  const names = new Set(maps.map(({ method }) => method));
  return MAP_METHOD_NAMES.filter((name) => names.has(name) && MAP_METHODS[name].needs !== 'coefficients');
}

/** The total index of the group alone, image by image, from the run's own designs. */
async function groupImportances(work: Work): Promise<ImageImportance[]> {
  const { scope, run, explanation, tensors, players, player, step } = work;
  const { coefficients } = tensors;
  const head = await createSpecialisedMaskedHead(
    cutAt(scope.intake, explanation.layer).head,
    explanation.layer,
    tensors.conceptBank,
    explanation.classIndex,
    { sessions: scope.device.sessions, memoryBudget: scope.environment.memoryBudget },
  );
  const found: ImageImportance[] = [];
  try {
    for (const [chunk, design] of designsOf(run.options, coefficients.length).entries()) {
      const own = coefficients.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
      const images = await importanceOfImages(own, headOfPlayers(head, players), design, {
        total: own.length,
        players: players.length,
        onProgress: () => step(),
        ...(scope.signal && { signal: scope.signal }),
      });
      found.push(...images);
    }
  } finally {
    await head.dispose();
  }
  return found.map((one) => ({
    ...one,
    replicates: one.replicates.map((indices) => Float64Array.of(indices[player])),
  }));
}

/** The images that are decided otherwise without the group, and what they are then called. */
async function groupFlips(work: Work, ablator: Ablator): Promise<ConceptRemoval['flips']> {
  const { scope, explanation, tensors, columns, step } = work;
  const { names } = scope.intake.labels;
  const factors = Array.from({ length: tensors.conceptBank.rows }, (_, row) =>
    columns.includes(row) ? 0 : 1,
  );
  let seen = 0;
  const answers = await ablator.answers(factors, {
    ...(scope.signal && { signal: scope.signal }),
    onProgress: ({ done }) => {
      step(done - seen);
      seen = done;
    },
  });
  return answers.flatMap(({ index }, image) =>
    index === explanation.images[image].predicted.index ? [] : [{ image, to: { index, name: names[index] } }],
  );
}

/** By how much the margin of each mistake falls without the group. */
async function groupChanges(work: Work, ablator: Ablator, mistakes: readonly FileFact[]): Promise<number[]> {
  const { explanation, players, player, step } = work;
  const changes: number[] = [];
  for (const [at, file] of mistakes.entries()) {
    const { truth, predicted } = explanation.mistakes![at];
    const image = imageOfPlayers(await ablator.picture(file), players);
    const found = await whyNot(image, work.scope.intake.score, players.length, {
      ahead: predicted.index,
      other: truth.index,
    });
    changes.push(found.changes[player]);
    step();
  }
  return changes;
}

/** The group's maps in its example images, by every method whose maps the run has stored. */
async function groupMaps(
  work: Work,
  methods: ReturnType<typeof drawnMethods>,
): Promise<Map<string, MergedMaps>> {
  const { scope, run, explanation, tensors, columns, images, step } = work;
  const { conceptBank } = tensors;
  const preprocessing = runPreprocessing(scope.project, run);
  const merged = tensors.coefficients.map((one) => withMergedColumns(one, conceptBank, [columns]));
  const boxes = runBoxes(explanation, run, preprocessing);
  const examples = exampleImages({ crops: strongestCrops(merged, columns[0], boxes) });
  const mapper = openConceptMapper(scope, explanation.layer, conceptBank, undefined, [columns]);
  const drawn = new Map<string, MergedMaps>();
  try {
    for (const method of methods) {
      const maps: Float32Array[] = [];
      for (const image of examples) {
        scope.signal?.throwIfAborted();
        const batch = await readBatch(
          scope.environment.codec,
          [images[image]],
          scope.intake.preprocessing.preprocessing,
        );
        const [map] = await mapper.maps(method, requireAll(batch), [conceptBank.rows], scope.signal);
        maps.push(Float32Array.from(map));
      }
      drawn.set(method, { images: examples, maps });
      step();
    }
  } finally {
    await mapper.dispose();
  }
  return drawn;
}
