import type { CropRef, Estimate, Explanation } from '../concepts/explanation.ts';
import type { OwnConcept } from '../concepts/own/own-concept.ts';
import { SIGNIFICANT } from '../metrics/random-sets.ts';
import type { ConceptNotes } from '../project/run-notes.ts';
import type { OwnConceptFacts } from '../wording/own-concept-words.ts';

/** An own concept as it is shown, in the window, the report and on the command line alike. */
export interface OwnInWords extends OwnConceptFacts {
  readonly id: string;
  readonly name: string;
  readonly importance: Estimate;
  readonly effect?: number;
  readonly prevalence: number;
  /** What a person wrote of it; empty where nobody did. */
  readonly comment: string;
  readonly crops: readonly CropRef[];
}

/** An own concept beside the concepts of a run, with what a person said of them. */
export function ownInWords(
  concept: OwnConcept,
  { concepts, images, runId }: Pick<Explanation, 'concepts' | 'images'> & { readonly runId: string },
  { names, comments }: Pick<ConceptNotes, 'names' | 'comments'>,
): OwnInWords {
  const { accuracy, tcav, overlap, examples, folder, flips, effect } = concept;
  const nameOf = (id: string): string => names[id] ?? concepts.find((found) => found.id === id)?.name ?? id;
  const { nearest } = overlap;
  const loses = mostLost(concept, concepts);
  return {
    id: concept.id,
    name: names[concept.id] ?? concept.name,
    examples: {
      count: examples.length,
      kind: examples[0]?.box === undefined ? 'picture' : 'crop',
      ...(folder !== undefined && { folder }),
      ...(concept.madeIn !== undefined && concept.madeIn !== runId && { run: concept.madeIn }),
    },
    others: concept.others,
    accuracy,
    isDistinct: accuracy.p <= SIGNIFICANT,
    sets: concept.sets,
    ...(tcav && { tcav: { ...tcav, isDistinct: tcav.p <= SIGNIFICANT } }),
    isLinear: concept.isLinear,
    images: images.length,
    flips: flips.length,
    ...(nearest && { nearest: { name: nameOf(nearest.concept), cosine: nearest.cosine } }),
    spanned: overlap.spanned,
    ...(loses && { loses: { ...loses, name: nameOf(loses.concept) } }),
    importance: concept.importance,
    ...(effect !== undefined && { effect }),
    prevalence: concept.prevalence,
    comment: comments[concept.id] ?? '',
    crops: concept.crops,
  };
}

/** The found concept that loses most importance to an own one. */
function mostLost({ overlap }: OwnConcept, concepts: Explanation['concepts']) {
  const losses = overlap.found.flatMap(({ concept, importance }) => {
    const before = concepts.find(({ id }) => id === concept)?.importance.mean;
    return before === undefined || before <= importance.mean
      ? []
      : [{ concept, before, after: importance.mean }];
  });
  return losses.sort((a, b) => b.before - b.after - (a.before - a.after))[0];
}
