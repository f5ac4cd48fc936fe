import type { OnProgress } from '../../core/platform.ts';
import { TesseraError } from '../../core/errors.ts';
import type { OwnConcept } from '../../core/concepts/own/own-concept.ts';
import { scanImages } from '../../core/images/folder-scan.ts';
import { freeName } from '../../core/pipeline/own-concept/check-name.ts';
import { requireCount } from '../../core/pipeline/own-concept/examples.ts';
import { completeOwn } from '../../core/pipeline/own-concept/complete-own.ts';
import { makeOwnConcept } from '../../core/pipeline/own-concept/make-own-concept.ts';
import type { ScoredScope, WorkScope } from '../../core/pipeline/run-context.ts';
import { addOwnConcept, loadOwnConcepts, pendingOwnConcepts } from '../../core/project/own-concepts-file.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { loadNotes } from '../../core/project/run-notes.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { loadRunTensors } from '../../core/project/tensors-file.ts';
import { ownInWords, type OwnInWords } from '../../core/report/own-in-words.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { intervalText, percentText } from '../../core/wording/number-text.ts';
import { NOT_DISTINCT, ownSentences } from '../../core/wording/own-concept-words.ts';
import type { OptionTable, ParsedArguments } from './arguments.ts';
import { table } from './text-table.ts';

/** The options by which own concepts are given. */
export const OWN_OPTIONS: OptionTable = {
  'concept-folder': { type: 'string', multiple: true, takes: 'NAME=DIR' },
  'against-folder': { type: 'string', takes: 'a folder' },
};

/** A concept and the folder of its examples. */
export interface ConceptFolder {
  readonly name: string;
  readonly folder: string;
  readonly against?: string;
}

/** What `--concept-folder NAME=DIR` asks for. Throws TesseraError 'bad-usage' for anything else, or a name given twice. */
export function readConceptFolders(args: ParsedArguments): ConceptFolder[] {
  const against = args.text('against-folder');
  const folders = args.texts('concept-folder').map((text) => {
    const at = text.indexOf('=');
    const [name, folder] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1)];
    if (name === '' || folder === '') {
      throw new TesseraError('bad-usage', `--concept-folder takes NAME=DIR; got "${text}".`, {
        hint: 'For example --concept-folder "stripes=photos/stripes".',
      });
    }
    return { name, folder, ...(against !== undefined && { against }) };
  });
  const names = folders.map(({ name }) => name.toLowerCase());
  const twice = folders.find(({ name }, at) => names.indexOf(name.toLowerCase()) < at);
  if (twice)
    throw new TesseraError('bad-usage', `--concept-folder gives two concepts the name "${twice.name}".`);
  if (against !== undefined && folders.length === 0)
    throw new TesseraError(
      'bad-usage',
      '--against-folder says what a concept of --concept-folder is told from.',
    );
  return folders;
}

/** Throws TesseraError 'no-images' or 'bad-usage' at once for a folder with no or too few pictures, before anything is computed. */
export async function requireFolders(
  { storage }: Pick<Project, 'storage'>,
  folders: readonly ConceptFolder[],
): Promise<void> {
  for (const { name, folder, against } of folders) {
    const { images } = await scanImages(storage, [folder]);
    requireCount(name, images.length);
    if (against !== undefined) await scanImages(storage, [against]);
  }
}

/**
 * Makes the concepts of some folders for a finished run, those left out of which it has the same already: of the same name,
 * folder and pictures.
 */
export async function makeOwnConcepts(
  scope: Omit<ScoredScope & WorkScope, 'onProgress'> & { readonly onProgress: OnProgress },
  run: RunFile,
  folders: readonly ConceptFolder[],
): Promise<void> {
  const { project, environment } = scope;
  const { explanation } = run;
  if (explanation === undefined || folders.length === 0) return;
  const tensors = await loadRunTensors(project, run.id);
  for (const { name, folder, against } of folders) {
    const pending = (await pendingOwnConcepts(project, run)).map(({ concept }) => concept);
    const own = [...(await loadOwnConcepts(project, run)).map(({ concept }) => concept), ...pending];
    const same = own.find((one) => isSame(one, { name, folder, against }, project));
    if (same !== undefined) {
      // Of another run of the bank: it is the same concept, with its own importance here.
      await completeOwn(project, { ...run, explanation }, () => Promise.resolve(scope), scope, same.id);
      continue;
    }
    const { names } = await loadNotes(project, run.id);
    const question = {
      name: freeName(name, explanation, own, names),
      examples: { folder },
      ...(against !== undefined && { against }),
    };
    const made = await makeOwnConcept(scope, { ...run, explanation }, tensors, question);
    if (made.skipped.length > 0)
      console.error(
        `"${name}": ${countOf(made.skipped.length, 'picture')} left out: ${made.skipped[0].file}: ${made.skipped[0].reason}`,
      );
    await addOwnConcept(project, environment.self, run, made);
  }
}

function isSame(
  { name, folder, others }: Pick<OwnConcept, 'name' | 'folder' | 'others'>,
  asked: { readonly name: string; readonly folder: string; readonly against: string | undefined },
  { storage }: Project,
): boolean {
  const against = asked.against === undefined ? undefined : storage.resolve(asked.against);
  return name === asked.name && folder === storage.resolve(asked.folder) && others.folder === against;
}

/** The own concepts of a run that are not hidden, in words. */
export async function ownConceptsOf(project: Project, run: RunFile): Promise<OwnInWords[]> {
  const notes = await loadNotes(project, run.id);
  const shown = (await loadOwnConcepts(project, run)).filter(
    ({ concept }) => !notes.hidden.includes(concept.id),
  );
  return shown.map(({ concept }) => ownInWords(concept, { ...run.explanation!, runId: run.id }, notes));
}

/** The stable fields of an own concept. */
export function ownConceptJson(own: OwnInWords) {
  const { id, name, comment, examples, others, accuracy, isDistinct, sets, importance, prevalence } = own;
  const { tcav = null, isLinear, effect = null, images, flips, nearest = null, spanned, loses = null } = own;
  return {
    ...{ id, name, comment, examples, others, accuracy, isDistinct, sets, tcav, isLinear },
    ...{ importance, effect, prevalence, images, flips, nearest, spanned, loses },
  };
}

/** A table of own concepts, and below it what is to be said of each. */
export function ownConceptsText(own: readonly OwnInWords[]): string[] {
  if (own.length === 0) return [];
  const rows = own.map(({ name, importance, prevalence, accuracy, isDistinct }) => [
    name,
    percentText(importance.mean),
    intervalText(importance),
    percentText(prevalence),
    percentText(accuracy.value),
    isDistinct ? '' : NOT_DISTINCT,
  ]);
  return [
    ...table([['own concept', 'importance', '95 % interval', 'present in', 'told apart', ''], ...rows]),
    ...own.flatMap((one) => [
      '',
      `${one.name}:`,
      ...(one.comment === '' ? [] : [`  ${one.comment}`]),
      ...ownSentences(one).map((sentence) => `  ${sentence}`),
    ]),
  ];
}
