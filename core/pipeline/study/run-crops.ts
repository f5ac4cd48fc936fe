import type { Box, Concept, Decomposition, LayerRecord } from '../../concepts/explanation.ts';
import { positionBoxes } from '../../concepts/gallery.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { frameOf } from '../../images/preprocessing.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { Project } from '../../project/project-folder.ts';
import type { CropConcept } from '../../study/draw/draw-intruders.ts';
import { asRunFound } from '../input-changes.ts';
import { runPreprocessing } from '../run-preprocessing.ts';
import type { FileFact } from '../question.ts';
import type { SourceRun } from './study-runs.ts';

/** The concepts and parts of a run with their crops. */
export interface RunCrops {
  readonly concepts: readonly CropConcept[];
  /** The explained images; `CropConcept`s name them by the index of the first file with the same content. */
  readonly files: readonly FileFact[];
  /** Those decompositions that are shown, with the parent by name. */
  readonly decompositions: readonly { readonly parent: Concept; readonly parts: readonly Concept[] }[];
}

/** Reads the crops of a run's concepts and parts, without those that a person hid. */
export async function runCrops(
  project: Project,
  source: Pick<SourceRun, 'run' | 'shown'>,
): Promise<RunCrops> {
  const { explanation, notes, tensors } = source.shown;
  const files = await asRunFound(project, source.run, explanation.images);
  const firstOf = new Map<string, number>();
  const pictures = files.map(({ path, stamp }, at) => {
    const key = stamp?.sha256 ?? path;
    if (!firstOf.has(key)) firstOf.set(key, at);
    return firstOf.get(key)!;
  });
  const isShown = ({ id }: Pick<Concept, 'id'>): boolean => !notes.hidden.includes(id);
  const frame = frameOf(runPreprocessing(project, source.run));
  const splits = (explanation.splits ?? []).filter(({ parent }) => !(notes.joined ?? []).includes(parent));
  const amounts = { frame, pictures };
  const concepts = explanation.concepts
    .filter(isShown)
    .map((concept) =>
      cropConcept(concept, { layer: explanation.layer, isPart: false, ...amounts }, (image) =>
        tensors.coefficients.at(image),
      ),
    );
  const parts = splits.flatMap((split) =>
    split.parts
      .filter(isShown)
      .map((part) =>
        cropConcept(
          named(part, notes.names),
          { layer: split.layer, isPart: true, ...amounts },
          partAmounts(source, split),
        ),
      ),
  );
  const all = [...explanation.concepts, ...splits.flatMap((split) => split.parts)];
  return {
    concepts: [...concepts, ...parts],
    files,
    decompositions: splits.flatMap(({ parent, parts: own }) => {
      const concept = all.find(({ id }) => id === parent);
      if (concept === undefined || !isShown(concept)) return [];
      return [
        {
          parent: named(concept, notes.names),
          parts: own.filter(isShown).map((one) => named(one, notes.names)),
        },
      ];
    }),
  };
}

function named(concept: Concept, names: Readonly<Record<string, string>>): Concept {
  return { ...concept, name: names[concept.id] ?? concept.name };
}

/** U of the parts in an image; undefined in one in which they were not looked for. */
function partAmounts({ shown }: Pick<SourceRun, 'shown'>, { parent, images }: Decomposition) {
  const stored = shown.tensors.parts.get(parent);
  return (image: number): Matrix | undefined => stored?.coefficients[images.indexOf(image)];
}

function cropConcept(
  concept: Concept,
  {
    layer,
    isPart,
    frame,
    pictures,
  }: {
    readonly layer: LayerRecord;
    readonly isPart: boolean;
    readonly frame: { readonly width: number; readonly height: number };
    readonly pictures: readonly number[];
  },
  amountsIn: (image: number) => Matrix | undefined,
): CropConcept {
  const column = rowOfId(concept.id);
  const most = concept.crops[0]?.coefficient ?? 0;
  const centres = positionBoxes(layer, frame, 1);
  const strengthWhere = (image: number, counts: (cell: Box) => boolean): number => {
    const amounts = amountsIn(image);
    // Parts are looked for where their concept is: elsewhere nothing is known of them.
    if (amounts === undefined || most <= 0) return 1;
    const first = amounts.rows - centres.length;
    let strongest = 0;
    for (const [cell, box] of centres.entries())
      if (counts(box)) strongest = Math.max(strongest, amounts.data[(first + cell) * amounts.cols + column]);
    return strongest / most;
  };
  const seen = new Set<number>();
  return {
    id: concept.id,
    name: concept.name,
    isPart,
    kin: kinOf(concept.id),
    crops: concept.crops
      .map(({ image, box, coefficient }) => ({
        picture: pictures[image],
        box,
        amount: most > 0 ? coefficient / most : 0,
      }))
      .filter(({ picture }) => !seen.has(picture) && seen.add(picture)),
    strengthIn: (image) => strengthWhere(image, () => true),
    strengthAt: (image, [left, top, width, height]) =>
      strengthWhere(image, ([x, y]) => x >= left && x < left + width && y >= top && y < top + height),
  };
}

/** Ids of all that a part is of: "c3-1-0" is of "c3-1" and "c3". */
function kinOf(id: string): string[] {
  const pieces = id.split('-');
  return pieces.slice(1).map((_, at) => pieces.slice(0, at + 1).join('-'));
}
