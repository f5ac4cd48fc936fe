import { z } from 'zod';
import type { OwnConcept, OwnDefinition, StoredOwnConcept } from '../concepts/own/own-concept.ts';
import { matrixTensor, tensorMatrix } from '../linalg/matrix-tensor.ts';
import { matrix, rowView } from '../linalg/matrix.ts';
import { expectFloat32, float32, type Tensor } from '../tensor.ts';
import { bankPath } from './bank-folder.ts';
import { changeProject } from './change-lock.ts';
import { decodeChecked, encodeChecked } from './checked-tensors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { ProcessIdentity } from './lock-file.ts';
import {
  BOX,
  DEFINITION,
  loadDefinition,
  OWN_ID,
  saveDefinition,
  SHARE,
  type DefinedOwnConcept,
} from './own-definitions-file.ts';
import { runFolder, runPath, type Project } from './project-folder.ts';
import { loadNotes } from './run-notes.ts';
import { SCHEMA_VERSION, VERSION, type RunFile } from './schema.ts';

/*
 * runs/ID/own-N.safetensors: what a concept that a person gave by examples is in a run, with its arrays and a checksum.
 * own-concepts.json, of the run, or of its bank where other runs have that too: which of them are shown. One that is taken
 * away is kept, so that it can be put back. What a bank's own concepts are themselves is in own-definitions-file.ts.
 */

const LIST = 'own-concepts.json';
const LIST_FILE = z.object({ schemaVersion: VERSION, shown: z.array(z.string()) });

const ESTIMATE = z.object({ mean: z.number(), low: z.number(), high: z.number() });
const CONCEPT = z.object({
  ...DEFINITION,
  tcav: SHARE.exactOptional(),
  isLinear: z.boolean(),
  importance: ESTIMATE,
  effect: z.number().exactOptional(),
  rest: ESTIMATE.exactOptional(),
  prevalence: z.number(),
  flips: z.array(
    z.object({
      image: z.int().nonnegative(),
      to: z.object({ index: z.int().nonnegative(), name: z.string() }),
    }),
  ),
  overlap: z.object({
    nearest: z.object({ concept: z.string(), cosine: z.number() }).exactOptional(),
    spanned: z.number(),
    found: z.array(z.object({ concept: z.string(), importance: ESTIMATE })),
  }),
  crops: z.array(z.object({ image: z.int().nonnegative(), box: BOX, coefficient: z.number() })),
});
const STORED = z.object({ concept: CONCEPT, border: z.number(), usual: z.number() });

type OwnRun = Pick<RunFile, 'id' | 'created'>;

/** A new own concept, of a run and for all runs of its bank. */
export interface NewOwnConcept {
  readonly concept: Omit<OwnConcept, 'id'>;
  readonly tensors: StoredOwnConcept['tensors'];
  readonly definition: Omit<DefinedOwnConcept, 'concept'> & { readonly concept: OwnDefinition };
}

/** Keeps a new own concept of a run, and of its bank, and shows it; returns it with the id that it got. */
export function addOwnConcept(
  project: Project,
  self: ProcessIdentity,
  run: OwnRun,
  { concept, tensors, definition }: NewOwnConcept,
): Promise<StoredOwnConcept> {
  return changeProject(project, self, async () => {
    const { bank } = await loadNotes(project, run.id);
    const id = await freeId(project, run.id, bank);
    const stored = { concept: { ...concept, id }, tensors };
    if (bank !== undefined)
      await saveDefinition(project, bank, { ...definition, concept: { ...definition.concept, id } });
    await project.storage.writeAtomic(pathOf(project, run.id, id), encoded(project, run, stored));
    await saveShown(project, run.id, bank, [...(await shownIn(project, run.id, bank)), id]);
    return stored;
  });
}

/** Keeps what an own concept of the bank is in a further run. */
export function saveOwnConcept(
  project: Project,
  self: ProcessIdentity,
  run: OwnRun,
  stored: StoredOwnConcept,
): Promise<void> {
  return changeProject(project, self, () =>
    project.storage.writeAtomic(pathOf(project, run.id, stored.concept.id), encoded(project, run, stored)),
  );
}

/**
 * The own concepts of a run in the order in which they were made; one whose file is not what was written is left out, and so is
 * one of the bank that is not computed for the run ({@link pendingOwnConcepts}).
 */
export async function loadOwnConcepts(project: Project, run: OwnRun): Promise<StoredOwnConcept[]> {
  const found: StoredOwnConcept[] = [];
  for (const id of await shownOwnIds(project, run.id)) {
    const stored = await loadOne(project, run, id);
    if (stored) found.push(stored);
  }
  return found;
}

/** The own concepts of a run's bank that are not computed for the run. */
export async function pendingOwnConcepts(project: Project, run: OwnRun): Promise<DefinedOwnConcept[]> {
  const { bank } = await loadNotes(project, run.id);
  if (bank === undefined) return [];
  const pending: DefinedOwnConcept[] = [];
  for (const id of await shownIn(project, run.id, bank)) {
    if ((await loadOne(project, run, id)) !== undefined) continue;
    const defined = await loadDefinition(project, bank, id);
    if (defined) pending.push(defined);
  }
  return pending;
}

/** Takes an own concept out of sight, in all runs of the bank, or shows it again. Was it otherwise before? */
export function showOwnConcept(
  project: Project,
  self: ProcessIdentity,
  runId: string,
  id: string,
  isShown: boolean,
): Promise<boolean> {
  return changeProject(project, self, async () => {
    const { bank } = await loadNotes(project, runId);
    const shown = await shownIn(project, runId, bank);
    if (shown.includes(id) === isShown) return false;
    const isKnown =
      (await project.storage.exists(pathOf(project, runId, id))) ||
      (bank !== undefined && (await loadDefinition(project, bank, id)) !== undefined);
    if (isShown && !isKnown) return false;
    const others = shown.filter((one) => one !== id);
    const next = isShown ? [...others, id].sort((a, b) => numberOf(a) - numberOf(b)) : others;
    await saveShown(project, runId, bank, next);
    return true;
  });
}

/** The own concepts of a bank are those of the bank after it, at the same layer. */
export async function carryOwnConcepts(project: Project, from: string, to: string): Promise<void> {
  const shown = await shownIn(project, '', from);
  for (const id of shown) {
    const defined = await loadDefinition(project, from, id);
    if (defined) await saveDefinition(project, to, defined);
  }
  if (shown.length > 0) await saveShown(project, '', to, shown);
}

/** Ids of the own concepts of a run that are shown. */
async function shownOwnIds(project: Project, runId: string): Promise<readonly string[]> {
  return shownIn(project, runId, (await loadNotes(project, runId)).bank);
}

async function shownIn(
  project: Project,
  runId: string,
  bank: string | undefined,
): Promise<readonly string[]> {
  const path = listPath(project, runId, bank);
  if (!(await project.storage.exists(path))) return [];
  const { shown } = await readJsonFile(project.storage, path, LIST_FILE);
  return shown.filter((id) => OWN_ID.test(id));
}

function listPath(project: Project, runId: string, bank: string | undefined): string {
  return bank === undefined ? runPath(project, runId, LIST) : bankPath(project, bank, LIST);
}

/** Another text whenever the own concepts of a run have changed since. */
export async function ownStamp(project: Project, runId: string): Promise<string> {
  const known = (await shownOwnIds(project, runId)).map(async (id) =>
    (await project.storage.exists(pathOf(project, runId, id))) ? id : `(${id})`,
  );
  return (await Promise.all(known)).join(' ');
}

async function saveShown(
  project: Project,
  runId: string,
  bank: string | undefined,
  shown: readonly string[],
): Promise<void> {
  const list = { schemaVersion: SCHEMA_VERSION, shown };
  await writeJsonFile(project.storage, listPath(project, runId, bank), LIST_FILE, list);
}

async function freeId(project: Project, runId: string, bank: string | undefined): Promise<string> {
  const { storage, folder } = project;
  const homes = [
    runFolder(project, runId),
    ...(bank === undefined ? [] : [storage.join(folder, 'banks', bank)]),
  ];
  const entriesOf = async (home: string) => ((await storage.exists(home)) ? storage.list(home) : []);
  const entries = (await Promise.all(homes.map(entriesOf))).flat();
  const taken = entries.flatMap(({ name }) => {
    const id = name.replace(/\.safetensors$/, '');
    return OWN_ID.test(id) ? [numberOf(id)] : [];
  });
  return `own-${Math.max(0, ...taken) + 1}`;
}

function numberOf(id: string): number {
  return Number(id.slice(4));
}

function pathOf(project: Project, runId: string, id: string): string {
  return runPath(project, runId, `${id}.safetensors`);
}

function encoded({ storage }: Project, run: OwnRun, { concept, tensors }: StoredOwnConcept): Uint8Array {
  const { direction, border, usual, amounts, imageImportance } = tensors;
  const stacked = matrix(amounts.length, amounts[0].length);
  amounts.forEach((own, image) => stacked.data.set(own, image * own.length));
  return encodeChecked(storage, {
    tensors: new Map<string, Tensor>([
      ['direction', float32(direction, [direction.length])],
      ['amounts', matrixTensor(stacked)],
      ['imageImportance', { type: 'float64', dims: [imageImportance.length], data: imageImportance }],
    ]),
    facts: { run: run.created, own: JSON.stringify({ concept, border, usual }) },
  });
}

async function loadOne(project: Project, run: OwnRun, id: string): Promise<StoredOwnConcept | undefined> {
  const path = pathOf(project, run.id, id);
  if (!(await project.storage.exists(path))) return undefined;
  const read = decodeChecked(project.storage, await project.storage.readBytes(path), ['run', 'own']);
  if (read?.facts.run !== run.created) return undefined;
  const { concept, border, usual } = STORED.parse(JSON.parse(read.facts.own));
  const amounts = tensorMatrix(expectFloat32(read.tensors.get('amounts'), 'amounts'));
  return {
    concept,
    tensors: {
      ...{ border, usual },
      direction: expectFloat32(read.tensors.get('direction'), 'direction').data,
      amounts: Array.from({ length: amounts.rows }, (_, image) => rowView(amounts, image)),
      imageImportance: read.tensors.get('imageImportance')!.data as Float64Array,
    },
  };
}
