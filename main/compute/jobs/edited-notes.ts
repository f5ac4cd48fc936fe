import { TesseraError } from '../../../core/errors.ts';
import type { ConceptEdit } from '../../api/contract.ts';
import type { NotesFile } from '../../../core/project/run-notes.ts';

/** The notes after an edit. Throws 'unknown-name' for a concept that the run does not have. */
export function editedNotes(notes: NotesFile, edit: ConceptEdit, known: readonly string[]): NotesFile {
  for (const concept of edit.kind === 'merge' ? edit.concepts : [edit.concept]) {
    if (!known.includes(concept))
      throw new TesseraError('unknown-name', `The run has no concept "${concept}".`);
  }
  switch (edit.kind) {
    case 'rename':
      return { ...notes, names: { ...notes.names, [edit.concept]: edit.name } };
    case 'comment':
      return { ...notes, comments: { ...notes.comments, [edit.concept]: edit.text } };
    case 'hide':
      return { ...notes, hidden: [...new Set([...notes.hidden, edit.concept])] };
    case 'show':
      return { ...notes, hidden: notes.hidden.filter((id) => id !== edit.concept) };
    case 'merge':
      return { ...notes, merged: merged(notes.merged, edit.concepts) };
    case 'hide-parts':
      return { ...notes, joined: [...new Set([...(notes.joined ?? []), edit.concept])] };
    case 'show-parts':
      return { ...notes, joined: (notes.joined ?? []).filter((id) => id !== edit.concept) };
    case 'unmerge':
      return {
        ...notes,
        merged: notes.merged
          .map((group) => (group[0] === edit.concept ? [] : group.filter((id) => id !== edit.concept)))
          .filter((group) => group.length > 1),
      };
  }
}

/** The groups that an edit makes, all of whose concepts must have been computed together before it. */
export function groupsMadeBy(notes: NotesFile, edit: ConceptEdit, known: readonly string[]): string[][] {
  if (edit.kind !== 'merge' && edit.kind !== 'unmerge') return [];
  const before = notes.merged.map((group) => JSON.stringify(group));
  const isOf = (group: readonly string[]): boolean =>
    edit.kind === 'merge' ? group.includes(edit.concepts[0]) : !before.includes(JSON.stringify(group));
  return editedNotes(notes, edit, known)
    .merged.filter(isOf)
    .map((group) => [...group]);
}

/** Groups that the concepts are in become one, which the first concept stands for. */
function merged(groups: NotesFile['merged'], concepts: readonly string[]): string[][] {
  const touched = groups.filter((group) => group.some((id) => concepts.includes(id)));
  const others = groups.filter((group) => !touched.includes(group)).map((group) => [...group]);
  const joined = [...new Set([...concepts, ...touched.flat()])];
  return joined.length > 1 ? [...others, joined] : others;
}
