import type { Concept } from '../../concepts/explanation.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { differenceHash } from '../../images/perceptual-hash.ts';
import { isNearDuplicate, type Look } from '../../study/draw/near-duplicates.ts';
import type { AmountRow, Panel, StudyPicture } from '../../study/study.ts';
import { openConceptMapper, type ConceptMapper } from '../concept-mapper.ts';
import { columnOf } from '../further-concepts.ts';
import { asRunFound } from '../input-changes.ts';
import { methodFor } from '../method-stand-in.ts';
import type { Project } from '../../project/project-folder.ts';
import { scoreImages, type ScoredImage } from '../score-images.ts';
import type { FileFact } from '../question.ts';
import type { PictureMaker } from './picture-maker.ts';
import type { SourceRun } from './study-runs.ts';
import type { StudyWork } from './utility-candidates.ts';

/** Crops of a concept in its gallery. */
const GALLERY_CROPS = 6;

/** The concepts of a run that participants are shown: the most important ones that nobody hid. */
export function shownConcepts({ shown }: SourceRun, most: number): Concept[] {
  const { explanation, notes } = shown;
  return explanation.concepts.filter(({ id }) => !notes.hidden.includes(id)).slice(0, most);
}

/**
 * A gallery for each concept, of its strongest crops from pictures that are not predicted later, nor look nearly like one that
 * is: `tested`. A concept without such a crop is left out.
 */
export async function galleries(
  project: Project,
  source: SourceRun,
  concepts: readonly Concept[],
  {
    maker,
    tested,
    titleOf,
  }: {
    readonly maker: PictureMaker;
    readonly tested: readonly Look[];
    readonly titleOf: (concept: Concept) => string;
  },
): Promise<Panel[]> {
  const { run, shown, scope } = source;
  const { preprocessing } = scope.intake.preprocessing;
  const files = await asRunFound(project, run, shown.explanation.images);
  const panels: Panel[] = [];
  for (const concept of concepts) {
    const crops: StudyPicture[] = [];
    for (const { image, box } of concept.crops) {
      if (crops.length === GALLERY_CROPS) break;
      const picture = await maker.framed(files[image], preprocessing);
      const look = { hash: differenceHash(picture) };
      if (tested.some((one) => isNearDuplicate(look, one))) continue;
      crops.push(
        await maker.keepCrop(picture, box, preprocessing, `Crop ${crops.length + 1} of the concept`),
      );
    }
    if (crops.length > 0)
      panels.push({ kind: 'gallery', concept: concept.id, title: titleOf(concept), crops });
  }
  return panels;
}

/** What a run's concepts are in some pictures. */
export interface ConceptFigures {
  /** By file path. */
  rowsOf(path: string): readonly AmountRow[];
}

/** Amounts as shares of the most in any explained image, and what each adds to the score; `sign` -1 turns that round. */
export async function conceptFigures(
  source: SourceRun,
  concepts: readonly Concept[],
  files: readonly FileFact[],
  { sign, nameOf }: { readonly sign: 1 | -1; readonly nameOf: (concept: Concept) => string },
  { signal }: StudyWork,
): Promise<ConceptFigures> {
  const { shown, scope } = source;
  const { conceptBank, further, explanation } = shown;
  const subject = { scope, explanation, conceptBank, further, files };
  const { images } = await scoreImages(subject, signal ? { signal } : {});
  const most = largestAmounts(source);
  const byFile = new Map(images.map((image) => [image.file, image]));
  const rowOf = (concept: Concept, { amounts, contributions }: ScoredImage): AmountRow => {
    const column = columnOf(concept.id, conceptBank.rows, further);
    const largest = most[rowOfId(concept.id)];
    return {
      concept: concept.id,
      name: nameOf(concept),
      amount: largest > 0 ? amounts[column] / largest : 0,
      contribution: Number.isFinite(contributions[column]) ? sign * contributions[column] : null,
    };
  };
  return {
    rowsOf: (path) => {
      const image = byFile.get(path);
      return image === undefined ? [] : concepts.map((concept) => rowOf(concept, image));
    },
  };
}

function largestAmounts({ shown }: SourceRun): Float32Array {
  const most = new Float32Array(shown.conceptBank.rows);
  for (const own of shown.tensors.strengths)
    own.forEach((amount, column) => (most[column] = Math.max(most[column], amount)));
  return most;
}

/** Draws concepts of a run in pictures, by the method that the run shows first or, where that cannot, by their amounts. */
export interface ConceptDrawing {
  readonly mapper: ConceptMapper;
  readonly method: Parameters<ConceptMapper['maps']>[0];
  columnOf(concept: string): number;
}

/** Opens {@link ConceptDrawing}; merged concepts are drawn as one. */
export function openConceptDrawing({ run, shown, scope }: SourceRun): ConceptDrawing {
  const groups = shown.further.flatMap((one) => (one.kind === 'merged' ? [one] : []));
  const mapper = openConceptMapper(
    scope,
    shown.explanation.layer,
    shown.conceptBank,
    undefined,
    groups.map(({ columns }) => columns),
  );
  const [asked = 'upsampled-coefficients'] = run.options.maps;
  return {
    mapper,
    method: methodFor(mapper.sources, asked, 'upsampled-coefficients').method,
    columnOf: (concept) => {
      const group = groups.findIndex(({ id }) => id === concept);
      return group < 0 ? rowOfId(concept) : shown.conceptBank.rows + group;
    },
  };
}
