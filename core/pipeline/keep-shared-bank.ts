import { idOfRow, rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { matchPairs } from '../factorization/match-rows.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { keepBank, listBanks, loadDirections } from '../project/bank-folder.ts';
import { carryOwnConcepts } from '../project/own-concepts-file.ts';
import { OWN_ID } from '../project/own-definitions-file.ts';
import type { Project } from '../project/project-folder.ts';
import { loadBankNotes, saveBankNotes, shareNotes, type ConceptNotes } from '../project/run-notes.ts';
import { listText } from '../wording/count-text.ts';
import type { SharedBank } from './shared-bank.ts';

/** From this cosine on two directions are one concept; from the second on it is a question. */
const SURE = 0.8;
const ASKED = 0.5;

/**
 * Gives a bank of all classes its home in the project, and lets a run share what is said of its concepts. What was said of
 * the concepts of the bank before it at the same layer is said of the new ones that have their directions, matched one to
 * one; where that is not sure nothing is taken over, and `warn` hears the question.
 *
 * Source  Kuhn 1955 (matching).
 */
export async function keepSharedBank(
  project: Project,
  runId: string,
  { fingerprint, bank: { conceptBank }, sample }: SharedBank,
  layer: LayerRecord,
  warn: (text: string) => void = () => undefined,
): Promise<void> {
  const before = (await listBanks(project)).find(({ bank }) => bank.layer === layer.tensor);
  const content = {
    layer: layer.tensor,
    concepts: conceptBank.rows,
    classes: [...sample.classes],
    images: sample.images.map(({ path }) => path),
  };
  const isNew = await keepBank(project, fingerprint, content, conceptBank);
  if (isNew && before !== undefined && before.id !== fingerprint)
    await carryNotes(project, before.id, { id: fingerprint, conceptBank }, warn);
  await shareNotes(project, runId, fingerprint);
}

async function carryNotes(
  project: Project,
  from: string,
  { id, conceptBank }: { readonly id: string; readonly conceptBank: Matrix },
  warn: (text: string) => void,
): Promise<void> {
  await carryOwnConcepts(project, from, id);
  const notes = await loadBankNotes(project, from);
  const directions = await loadDirections(project, from);
  if (notes === undefined || directions?.cols !== conceptBank.cols) return;
  const { taken, questions } = carriedNotes(notes, partnersOf(directions, conceptBank));
  await saveBankNotes(project, id, taken);
  for (const { name, concept, cosine } of questions)
    warn(
      concept === undefined
        ? `No concept of the new bank is like "${name}" of the one before; what was said of it was not taken over.`
        : `Is ${concept} what was called "${name}"? Their directions have a cosine of ${cosine!.toFixed(2)}, too little to take over what was said of it.`,
    );
  const names = Object.values(taken.names);
  if (names.length > 0)
    warn(`Names taken over from the bank before: ${listText(names.map((name) => `"${name}"`))}.`);
}

/** Of a concept of the bank before the one of the new bank that is likest to it. */
export type Partners = ReadonlyMap<string, { readonly id: string; readonly cosine: number }>;

function partnersOf(before: Matrix, now: Matrix): Partners {
  return new Map(
    matchPairs(before, now).map(({ first, second, similarity }) => [
      idOfRow(first),
      { id: idOfRow(second), cosine: similarity },
    ]),
  );
}

/** The name of a concept of which something was said that was not taken over, and the concept that may be meant. */
interface Question {
  readonly name: string;
  readonly concept?: string;
  readonly cosine?: number;
}

/**
 * What of the notes goes over to concepts with other ids, and the names of which that is not sure.
 *
 * @internal Tests ask it.
 */
export function carriedNotes(
  { names, hidden, merged, comments }: ConceptNotes,
  partners: Partners,
): { readonly taken: ConceptNotes; readonly questions: readonly Question[] } {
  const sure = (id: string): string[] => {
    // An own concept is itself, whatever is found beside it.
    if (OWN_ID.test(id)) return [id];
    const partner = partners.get(id);
    return partner !== undefined && partner.cosine >= SURE ? [partner.id] : [];
  };
  const carried = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).flatMap(([id, text]) => sure(id).map((own) => [own, text])));
  const mentioned = new Set([...Object.keys(names), ...Object.keys(comments), ...hidden, ...merged.flat()]);
  const questions = [...mentioned]
    .filter((id) => sure(id).length === 0)
    .map((id): Question => {
      const name = names[id] ?? `Concept ${rowOfId(id) + 1}`;
      const partner = partners.get(id);
      if (partner === undefined || partner.cosine < ASKED) return { name };
      return { name, concept: `Concept ${rowOfId(partner.id) + 1}`, cosine: partner.cosine };
    });
  return {
    taken: {
      names: carried(names),
      hidden: hidden.flatMap(sure),
      // A group of which a part is lost would be another concept.
      merged: merged
        .map((group) => group.flatMap(sure))
        .filter((group, at) => group.length === merged[at].length),
      comments: carried(comments),
    },
    questions,
  };
}
