import type { ConceptEdit } from '../api/contract.ts';

/** What an edit does, for an undo button. */
export function nameOfEdit(edit: ConceptEdit): string {
  switch (edit.kind) {
    case 'rename':
      return `rename to "${edit.name}"`;
    case 'comment':
      return 'change the comment';
    case 'merge':
      return `merge ${edit.concepts.length} concepts`;
    case 'hide-parts':
      return 'take the parts away';
    case 'show-parts':
      return 'show the parts again';
    case 'unmerge':
      return 'unmerge concepts';
    case 'hide':
    case 'show':
      return `${edit.kind} a concept`;
  }
}
