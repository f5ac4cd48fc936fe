import type { Box, Concept, CropRef, Explanation } from '../concepts/explanation.ts';
import { strongest } from '../concepts/strongest.ts';
import { lazyList } from '../lazy-list.ts';
import { orderPlaces } from '../concepts/place-order.ts';
import { withMergedColumns } from '../concepts/merged-concepts.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { loadMerged, type MergedFigures } from '../project/merged-file.ts';
import type { Project } from '../project/project-folder.ts';
import type { DrawnMaps, RunTensors } from '../project/run-tensors.ts';
import type { RunFile } from '../project/schema.ts';
import { bootstrapImportance } from '../sensitivity/bootstrap.ts';
import { tiers } from '../sensitivity/tiers.ts';
import { CROPS_KEPT, prevalences } from './assemble-explanation.ts';
import type { NotesFile } from '../project/run-notes.ts';

/*
 * A run as it is shown where a person merged concepts. What is computed of a group (merge-concepts.ts) takes the place of
 * what its first concept had by itself, the others are left out; all other concepts keep what they had. An importance
 * is the total index of the concept, or group, in the game where all others of the run are by themselves: it does not
 * depend on what else is merged.
 */

/** Concepts that are shown as one, the first lending its id and name, with what was computed of them together. */
export interface Merge {
  readonly group: readonly string[];
  readonly figures: MergedFigures;
}

/** The merges in a run's notes. */
export interface Merges {
  readonly known: readonly Merge[];
  /** Groups of which nothing is computed for this run: their concepts are shown by themselves. */
  readonly uncomputed: readonly (readonly string[])[];
}

/** Reads what was computed of the groups in a run's notes. */
export async function loadMerges(
  project: Project,
  run: RunFile,
  { merged }: Pick<NotesFile, 'merged'>,
): Promise<Merges> {
  const known: Merge[] = [];
  const uncomputed: (readonly string[])[] = [];
  for (const group of merged) {
    const figures = await loadMerged(project, run, group);
    if (figures === undefined) uncomputed.push(group);
    else known.push({ group, figures });
  }
  return { known, uncomputed };
}

/** A run's findings and arrays, or those that are shown in their place. */
export interface ShownRun {
  readonly explanation: Explanation;
  readonly tensors: RunTensors;
}

/** Columns of the bank of each group, that of its first concept first. */
export function columnsOf(merges: readonly Pick<Merge, 'group'>[]): number[][] {
  return merges.map(({ group }) => group.map(rowOfId));
}

/** The run with its groups as one concept each, in the order of importance that this gives. */
export function mergedRun(
  run: ShownRun,
  merges: readonly Merge[],
  { boxes, seed }: { readonly boxes: readonly Box[]; readonly seed: number },
): ShownRun {
  if (merges.length === 0) return run;
  const { explanation } = run;
  const tensors = mergedTensors(run.tensors, merges);
  const leaders = new Map(merges.map((merge) => [merge.group[0], merge]));
  const gone = new Set(merges.flatMap(({ group }) => group.slice(1)));
  const { coefficients, strengths } = tensors;
  const prevalence = prevalences(strengths);
  const concepts = explanation.concepts
    .filter(({ id }) => !gone.has(id))
    .map((concept): Concept => {
      const merge = leaders.get(concept.id);
      if (merge === undefined) return concept;
      const column = rowOfId(concept.id);
      const together: { effect?: number } & Concept = {
        ...concept,
        importance: merge.figures.importance,
        prevalence: prevalence[column],
        crops: strongestCrops(coefficients, column, boxes),
        merged: merge.group,
      };
      // What the score loses without the first alone is not what it loses without all.
      delete together.effect;
      return together;
    });
  const ranked = withTiers(explanation, concepts, tensors, seed);
  const members = new Set(merges.flatMap(({ group }) => group));
  const isMember = (id: string): boolean => members.has(id.split('-')[0]);
  const order = ranked.map(({ id }) => id);
  return {
    tensors,
    explanation: {
      ...explanation,
      concepts: ranked,
      ...(explanation.removals && { removals: mergedRemovals(explanation.removals, order, leaders) }),
      ...(explanation.mistakes && { mistakes: mergedMistakes(explanation.mistakes, order, leaders) }),
      // Parts are of one concept by itself; they are there again when it is.
      ...(explanation.splits && { splits: explanation.splits.filter(({ parent }) => !isMember(parent)) }),
    },
  };
}

function mergedTensors(tensors: RunTensors, merges: readonly Merge[]): RunTensors {
  const groups = columnsOf(merges);
  const imageImportance = tensors.imageImportance.map((own, image) => {
    const shown = own.slice();
    merges.forEach(({ figures }, g) => (shown[groups[g][0]] = figures.imageImportance[image]));
    return shown;
  });
  const { conceptBank, coefficients, maps, parts } = tensors;
  const merged = lazyList(coefficients.length, (image) =>
    withMergedColumns(coefficients[image], conceptBank, groups),
  );
  // Without counts: of merged concepts nobody has counted the places.
  return {
    conceptBank,
    parts,
    coefficients: merged,
    strengths: merged.map(strongest),
    imageImportance,
    maps: new Map([...maps].map(([method, drawn]) => [method, mergedMaps(method, drawn, merges)])),
  };
}

function mergedMaps(method: string, { size, places, maps }: DrawnMaps, merges: readonly Merge[]): DrawnMaps {
  const gone = new Set(columnsOf(merges).flat());
  const kept = [...places.keys()].filter((i) => !gone.has(places[i].concept));
  const drawn = merges.flatMap(({ group, figures }) => {
    const own = figures.maps.get(method);
    return (own?.images ?? []).map((image, i) => ({
      place: { concept: rowOfId(group[0]), image },
      map: own!.maps[i],
    }));
  });
  return {
    size,
    places: [...kept.map((i) => places[i]), ...drawn.map(({ place }) => place)],
    maps: [...kept.map((i) => maps[i]), ...drawn.map(({ map }) => map)],
  };
}

/**
 * The places where a column of U is strongest, one an image: positions of the layer, where the crops of a run's own
 * concepts are those that the bank was made from.
 */
export function strongestCrops(
  coefficients: readonly Matrix[],
  column: number,
  boxes: readonly Box[],
): CropRef[] {
  const firstPosition = coefficients[0].rows - boxes.length;
  const { images, cells } = orderPlaces({ coefficients, cells: boxes.length, firstPosition }, column, {
    places: 'strongest',
    most: CROPS_KEPT,
  });
  return Array.from(images, (image, i): CropRef => {
    const { data, cols } = coefficients[image];
    const coefficient = data[(firstPosition + cells[i]) * cols + column];
    return { image, box: boxes[cells[i]], coefficient };
  });
}

/** In the order of their importance, with the tiers of that order; estimates remain those that there are. */
function withTiers(
  { importance }: Explanation,
  concepts: readonly Concept[],
  { imageImportance }: RunTensors,
  seed: number,
): Concept[] {
  const columns = concepts.map(({ id }) => rowOfId(id));
  const images = imageImportance
    .map((own) => Float64Array.from(columns, (column) => own[column]))
    .filter((own) => own.every(Number.isFinite));
  const ordered = [...concepts].sort((a, b) => b.importance.mean - a.importance.mean);
  if (images.length === 0) return ordered;
  const ranking = tiers(
    bootstrapImportance(
      images.map((own) => [own]),
      { exact: importance.method === 'exact', seed },
    ),
  );
  const tierOf = new Map([...ranking.order].map((at, place) => [concepts[at].id, ranking.tiers[place]]));
  return ordered.map((concept) => ({ ...concept, tier: tierOf.get(concept.id)! }));
}

type Leaders = ReadonlyMap<string, Merge>;

function mergedRemovals(
  removals: NonNullable<Explanation['removals']>,
  order: readonly string[],
  leaders: Leaders,
): Explanation['removals'] & object {
  const own = new Map(removals.map(({ concept, flips }) => [concept, flips]));
  return order.map((concept) => ({
    concept,
    flips: leaders.get(concept)?.figures.flips ?? own.get(concept) ?? [],
  }));
}

function mergedMistakes(
  mistakes: NonNullable<Explanation['mistakes']>,
  order: readonly string[],
  leaders: Leaders,
): Explanation['mistakes'] & object {
  return mistakes.map((mistake, at) => ({
    ...mistake,
    causes: mistake.causes
      .filter(({ concept }) => order.includes(concept))
      .map(({ concept, change }) => ({
        concept,
        change: leaders.get(concept)?.figures.changes?.[at] ?? change,
      }))
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change)),
  }));
}
