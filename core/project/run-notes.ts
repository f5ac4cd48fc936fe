import { z } from 'zod';
import { bankPath, BANK_ID } from './bank-folder.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';

/*
 * What a person made of the concepts of a run. Runs that have a bank in common share what is said of its concepts: their
 * notes.json names the bank, and banks/ID/notes.json has the rest. Parts are of one run, and so are their names.
 */

/** What is said of concepts, by their ids. */
const CONCEPT_NOTES = {
  names: z.record(z.string(), z.string()),
  hidden: z.array(z.string()),
  /** Groups shown as one concept; the first of a group lends its id, name and comment. */
  merged: z.array(z.array(z.string()).min(2)),
  comments: z.record(z.string(), z.string()),
};

/** `runs/ID/notes.json`. */
const NOTES_FILE = z.object({
  schemaVersion: VERSION,
  ...CONCEPT_NOTES,
  /** Concepts and parts whose parts are not shown, with all below them. */
  joined: z.array(z.string()).exactOptional(),
  /** Name of the run itself. */
  runName: z.string().exactOptional(),
  /** The bank whose notes are those of the run's concepts too. */
  bank: BANK_ID.exactOptional(),
});

/** `banks/ID/notes.json`. */
const BANK_NOTES_FILE = z.object({ schemaVersion: VERSION, ...CONCEPT_NOTES });

/** {@link NOTES_FILE} in memory, with what the bank has. */
export type NotesFile = Readonly<
  Omit<z.infer<typeof NOTES_FILE>, 'names' | 'hidden' | 'merged' | 'comments' | 'joined'>
> & {
  readonly names: Readonly<Record<string, string>>;
  readonly hidden: readonly string[];
  readonly merged: readonly (readonly string[])[];
  readonly comments: Readonly<Record<string, string>>;
  readonly joined?: readonly string[];
};

/** What is said of the concepts of a bank. */
export type ConceptNotes = Pick<NotesFile, 'names' | 'hidden' | 'merged' | 'comments'>;

/** An explanation, or a part of it, whose concepts are called as a person called them. */
export function withGivenNames<Of extends { readonly concepts: readonly NamedConcept[] }>(
  found: Of,
  { names }: Pick<ConceptNotes, 'names'>,
): Of {
  return { ...found, concepts: found.concepts.map((one) => ({ ...one, name: names[one.id] ?? one.name })) };
}

interface NamedConcept {
  readonly id: string;
  readonly name: string;
}

const NOTHING: ConceptNotes = { names: {}, hidden: [], merged: [], comments: {} };

/** Writes a run's notes, and those of its bank's concepts where other runs have that too. */
export async function saveNotes(project: Project, id: string, notes: NotesFile): Promise<void> {
  requireRun(project, id);
  const { storage } = project;
  const { bank } = notes;
  if (bank !== undefined) {
    await saveBankNotes(
      project,
      bank,
      ofConcepts(notes, (concept) => !isPart(concept)),
    );
  }
  const own = bank === undefined ? notes : { ...notes, ...ofConcepts(notes, isPart) };
  await writeJsonFile(storage, runPath(project, id, 'notes.json'), NOTES_FILE, own);
}

/** Reads a run's notes; empty notes when none were taken. */
export async function loadNotes(project: Project, id: string): Promise<NotesFile> {
  requireRun(project, id);
  const { storage } = project;
  const path = runPath(project, id, 'notes.json');
  if (!(await storage.exists(path))) return { schemaVersion: SCHEMA_VERSION, ...NOTHING };
  const own: NotesFile = await readJsonFile(storage, path, NOTES_FILE);
  if (own.bank === undefined) return own;
  const shared = await loadBankNotes(project, own.bank);
  if (shared === undefined) return own;
  return {
    ...own,
    names: { ...shared.names, ...own.names },
    hidden: [...shared.hidden, ...own.hidden],
    merged: [...shared.merged, ...own.merged],
    comments: { ...shared.comments, ...own.comments },
  };
}

/** Writes what is said of the concepts of a bank. */
export async function saveBankNotes(
  { storage, folder }: Project,
  bank: string,
  notes: ConceptNotes,
): Promise<void> {
  const path = bankPath({ storage, folder }, bank, 'notes.json');
  await storage.makeDirectory(storage.dirname(path));
  await writeJsonFile(storage, path, BANK_NOTES_FILE, { schemaVersion: SCHEMA_VERSION, ...notes });
}

/** Reads what is said of the concepts of a bank; undefined where nothing was. */
export async function loadBankNotes(
  { storage, folder }: Project,
  bank: string,
): Promise<ConceptNotes | undefined> {
  const path = bankPath({ storage, folder }, bank, 'notes.json');
  return (await storage.exists(path)) ? readJsonFile(storage, path, BANK_NOTES_FILE) : undefined;
}

/** Lets a run share what is said of its concepts with all runs that have the bank. */
export async function shareNotes(project: Project, id: string, bank: string): Promise<void> {
  const notes = await loadNotes(project, id);
  if (notes.bank === bank) return;
  const path = runPath(project, id, 'notes.json');
  await writeJsonFile(project.storage, path, NOTES_FILE, { ...notes, bank });
}

/** A part's id is its parent's with the row of the parts' bank: "c3-1". That of an own concept, "own-1", is none. */
function isPart(concept: string): boolean {
  return concept.includes('-') && !concept.startsWith('own-');
}

function ofConcepts(notes: ConceptNotes, isMeant: (concept: string) => boolean): ConceptNotes {
  const some = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(record).filter(([concept]) => isMeant(concept)));
  return {
    names: some(notes.names),
    hidden: notes.hidden.filter(isMeant),
    merged: notes.merged.filter(([first]) => isMeant(first)),
    comments: some(notes.comments),
  };
}
