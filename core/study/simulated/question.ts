import { invariant } from '../../errors.ts';
import type { StudyMaterial } from '../study.ts';
import type { Trial } from '../trial.ts';

/** What a trial says of the question itself. */
export function questionOf(
  material: StudyMaterial,
  id: string,
): Pick<Trial, 'picture' | 'concept' | 'answer'> {
  switch (material.kind) {
    case 'utility': {
      const item = found(material.items, id);
      return { picture: item.picture.sha256, concept: null, answer: item.answer };
    }
    case 'intruder': {
      const { crops, concept } = found(material.items, id);
      return { picture: crops.at(-1)!.sha256, concept, answer: crops.length - 1 };
    }
    case 'choice':
      return { picture: '', concept: found(material.items, id).concept, answer: null };
  }
}

function found<Item extends { readonly id: string }>(items: readonly Item[], id: string): Item {
  const item = items.find((one) => one.id === id);
  invariant(item !== undefined, `study: there is no item ${id}`);
  return item;
}

/** Answers that there are to choose from. */
export function choicesOf({ kind }: StudyMaterial): number {
  return { utility: 2, intruder: 5, choice: 2 }[kind];
}
