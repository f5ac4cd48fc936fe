import type { Comparison, LoneConcept } from '../../comparison/compare-runs.ts';
import type { ComparedConcept, ComparedRun } from '../../comparison/compared-run.ts';
import type { DecisionCause } from '../../comparison/decision-causes.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import { runLabel } from '../../wording/run-label.ts';
import type { PictureUrl } from '../report-data.ts';
import { fileNameOf } from '../../wording/path-text.ts';

/** One of two runs that are compared, as it is told of. */
export interface ComparedSide {
  /** Folder of its project, its id, and the name that a person gave. */
  readonly folder: string;
  readonly run: string;
  readonly runName?: string | undefined;
  /** Path of the model. */
  readonly model: string;
  readonly explanation: Pick<Explanation, 'className' | 'layer' | 'score' | 'images'>;
  readonly compared: ComparedRun;
}

/** Two runs and what was found of them. */
export interface ComparedSides {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly comparison: Comparison;
}

/** The pictures of one concept: where it is strongest, and its map in the images that stand for the match. */
export interface ConceptPicturesOf {
  readonly crops: readonly PictureUrl[];
  readonly maps: readonly PictureUrl[];
}

/** Everything that the page shows. */
export interface ComparisonPage extends ComparedSides {
  /** By the place of a concept in its run. */
  readonly pictures: { readonly a: readonly ConceptPicturesOf[]; readonly b: readonly ConceptPicturesOf[] };
  /** Of decisions that changed, by file of the first run; those not shown, and those whose file is gone, are left out. */
  readonly changedPictures: Readonly<Record<string, PictureUrl>>;
  /** Images of both runs that are changed or missing since, and shown blank. */
  readonly lost: number;
}

/** What a side is called: its project and its run. */
export function sideName({ folder, run, runName }: ComparedSide): string {
  return `${fileNameOf(folder.replace(/[\\/]+$/, ''))}, ${runLabel(run, runName)}`;
}

/** Are both sides one run? */
export function isOneRun({ a, b }: Pick<ComparedSides, 'a' | 'b'>): boolean {
  return a.folder === b.folder && a.run === b.run;
}

/**
 * Do both runs ask the same of the same model: its layer, class and images? Then nothing of what differs is the model's: it is
 * due to seed, number or kind of the concepts.
 */
export function asksTheSame({ a, b, comparison: { images } }: ComparedSides): boolean {
  const isSame =
    a.compared.model === b.compared.model &&
    a.compared.layer === b.compared.layer &&
    a.explanation.className === b.explanation.className;
  return isSame && images.common === images.a && images.common === images.b;
}

/** What only one run has, but for those that are like something in the other that has a closer match. */
export function missing(lone: readonly LoneConcept[]): readonly LoneConcept[] {
  return lone.filter(({ isSecond }) => !isSecond);
}

/** The concept of a lone one, and what is nearest to it in the other run, by name. */
export function namedLone(
  { concept, nearest }: LoneConcept,
  own: ComparedRun,
  other: ComparedRun,
): {
  readonly concept: ComparedConcept;
  readonly nearest?: { readonly id: string; readonly name: string; readonly similarity: number };
} {
  if (nearest === undefined) return { concept: own.concepts[concept] };
  const { id, name } = other.concepts[nearest.concept];
  return { concept: own.concepts[concept], nearest: { id, name, similarity: nearest.similarity } };
}

/** The concept that is behind a changed decision. */
export function conceptBehind(
  { a, b }: Pick<ComparedSides, 'a' | 'b'>,
  cause: DecisionCause,
): ComparedConcept {
  return (cause.run === 'a' ? a : b).compared.concepts[cause.concept];
}
