import { TesseraError } from '../../core/errors.ts';
import type { Explanation } from '../../core/concepts/explanation.ts';
import { loadOwnConcepts, pendingOwnConcepts } from '../../core/project/own-concepts-file.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { loadNotes } from '../../core/project/run-notes.ts';
import type { RunFile } from '../../core/project/schema.ts';
import type { ConceptEdit } from '../api/contract.ts';
import { createJobs } from '../compute/jobs/all-jobs.ts';
import type { OptionTable, ParsedArguments } from './arguments.ts';

/** Options by which concepts are named, noted and hidden: those that were found, and own ones. */
export const EDIT_OPTIONS: OptionTable = {
  rename: { type: 'string', takes: 'CONCEPT=NAME' },
  note: { type: 'string', takes: 'CONCEPT=TEXT' },
  hide: { type: 'string', takes: 'a concept' },
  show: { type: 'string', takes: 'a concept' },
};

/** An edit as it is asked for, of a concept by its id or name. */
interface AskedEdit {
  readonly concept: string;
  readonly edit: (id: string) => ConceptEdit;
}

/** What is to be changed. Throws TesseraError 'bad-usage' for a name or note without its concept. */
export function readEdits(args: ParsedArguments): AskedEdit[] {
  const [rename, note] = [args.text('rename'), args.text('note')];
  const [hide, show] = [args.text('hide'), args.text('show')];
  return [
    ...(rename === undefined
      ? []
      : [asked('rename', rename, (concept, name) => ({ kind: 'rename', concept, name }))]),
    ...(note === undefined
      ? []
      : [asked('note', note, (concept, text) => ({ kind: 'comment', concept, text }))]),
    ...(hide === undefined ? [] : [{ concept: hide, edit: hidden('hide') }]),
    ...(show === undefined ? [] : [{ concept: show, edit: hidden('show') }]),
  ];
}

function hidden(kind: 'hide' | 'show'): AskedEdit['edit'] {
  return (concept) => ({ kind, concept });
}

function asked(
  option: string,
  text: string,
  edit: (concept: string, said: string) => ConceptEdit,
): AskedEdit {
  const at = text.indexOf('=');
  if (at > 0) {
    const said = text.slice(at + 1).trim();
    return { concept: text.slice(0, at).trim(), edit: (concept) => edit(concept, said) };
  }
  throw new TesseraError('bad-usage', `--${option} takes ${EDIT_OPTIONS[option].takes}; got "${text}".`, {
    hint: `For example --${option} "Concept 1=the sky".`,
  });
}

/** Makes the edits, for all runs that have the bank of the run. Throws TesseraError 'unknown-name' for a concept that it has not. */
export async function makeEdits(
  project: Project,
  run: RunFile & { readonly explanation: Explanation },
  edits: readonly AskedEdit[],
  signal: AbortSignal,
): Promise<void> {
  const jobs = createJobs({});
  for (const { concept, edit } of edits) {
    const question = { folder: project.folder, key: '', runId: run.id };
    const context = { signal, onProgress: () => undefined, onNews: () => undefined };
    await jobs.editConcept({ ...question, edit: edit(await idNamed(project, run, concept)) }, context);
  }
}

async function idNamed(
  project: Project,
  run: RunFile & { readonly explanation: Explanation },
  name: string,
): Promise<string> {
  const own = [...(await loadOwnConcepts(project, run)), ...(await pendingOwnConcepts(project, run))];
  const { names } = await loadNotes(project, run.id);
  const known = [...run.explanation.concepts, ...own.map(({ concept }) => concept)].map((one) => ({
    id: one.id,
    name: names[one.id] ?? one.name,
  }));
  const found =
    known.find(({ id }) => id === name) ?? known.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.id;
  throw new TesseraError('unknown-name', `${run.id} has no concept "${name}".`, {
    options: known.map((one) => one.name),
  });
}
