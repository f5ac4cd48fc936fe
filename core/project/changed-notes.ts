import type { NotesFile } from './run-notes.ts';

/** What became of notes by an edit, or by taking it back. */
export interface NotesChange {
  readonly from: NotesFile;
  readonly to: NotesFile;
}

/**
 * Notes as they are now, with one change made to them: what else was said of the concepts meanwhile, as in another run of
 * their bank, remains. A group that comes back takes its concepts out of others.
 */
export function changedNotes(present: NotesFile, { from, to }: NotesChange): NotesFile {
  const joined = changedList(present.joined ?? [], from.joined ?? [], to.joined ?? []);
  const { joined: had, ...others } = present;
  return {
    ...others,
    names: changedTexts(present.names, from.names, to.names),
    comments: changedTexts(present.comments, from.comments, to.comments),
    hidden: changedList(present.hidden, from.hidden, to.hidden),
    merged: changedGroups(present.merged, from.merged, to.merged),
    ...((had !== undefined || joined.length > 0) && { joined }),
  };
}

type Texts = Readonly<Record<string, string>>;

function changedTexts(present: Texts, from: Texts, to: Texts): Texts {
  const changed = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (id) => from[id] !== to[id],
  );
  const kept = Object.entries(present).filter(([id]) => !changed.includes(id));
  return Object.fromEntries([
    ...kept,
    ...changed.filter((id) => id in to).map((id) => [id, to[id]] as const),
  ]);
}

function changedList(
  present: readonly string[],
  from: readonly string[],
  to: readonly string[],
): readonly string[] {
  const gone = from.filter((id) => !to.includes(id));
  return [
    ...new Set([...present.filter((id) => !gone.includes(id)), ...to.filter((id) => !from.includes(id))]),
  ];
}

type Groups = NotesFile['merged'];

function changedGroups(present: Groups, from: Groups, to: Groups): Groups {
  const has = (groups: Groups, group: readonly string[]): boolean =>
    groups.some((one) => one.join(' ') === group.join(' '));
  const come = to.filter((group) => !has(from, group));
  const taken = new Set(come.flat());
  const kept = present.filter(
    (group) => !(has(from, group) && !has(to, group)) && !group.some((id) => taken.has(id)),
  );
  return [...kept, ...come];
}
