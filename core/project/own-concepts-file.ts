import { z } from 'zod';
import type { Box } from '../concepts/explanation.ts';
import type { OwnConcept, StoredOwnConcept } from '../concepts/own/own-concept.ts';
import { matrixTensor, tensorMatrix } from '../linalg/matrix-tensor.ts';
import { matrix, rowView } from '../linalg/matrix.ts';
import { expectFloat32, float32, type Tensor } from '../tensor.ts';
import { changeProject } from './change-lock.ts';
import { decodeChecked, encodeChecked } from './checked-tensors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { ProcessIdentity } from './lock-file.ts';
import { requireRun, runFolder, runPath, type Project } from './project-folder.ts';
import { SCHEMA_VERSION, VERSION, type RunFile } from './schema.ts';

/*
 * runs/ID/own-N.safetensors: a concept that a person gave by examples, its figures and arrays, with a checksum.
 * runs/ID/own-concepts.json: which of them are shown. One that is taken away is kept, so that it can be put back.
 */

const LIST = 'own-concepts.json';
const LIST_FILE = z.object({ schemaVersion: VERSION, shown: z.array(z.string()) });
const OWN_ID = /^own-[1-9]\d{0,5}$/;

const ESTIMATE = z.object({ mean: z.number(), low: z.number(), high: z.number() });
const SHARE = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  median: z.number(),
  p: z.number(),
});
const BOX = z.tuple([z.number(), z.number(), z.number(), z.number()]).transform((box): Box => box);
const CONCEPT = z.object({
  id: z.string().regex(OWN_ID),
  name: z.string(),
  examples: z.array(z.object({ file: z.string(), sha256: z.string(), box: BOX.exactOptional() })),
  folder: z.string().exactOptional(),
  others: z.object({
    count: z.int().positive(),
    from: z.enum(['explained', 'given', 'folder']),
    folder: z.string().exactOptional(),
  }),
  accuracy: SHARE,
  sets: z.int().positive(),
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

/** Keeps a new own concept of a run and shows it; returns it with the id that it got. */
export function addOwnConcept(
  project: Project,
  self: ProcessIdentity,
  run: OwnRun,
  {
    concept,
    tensors,
  }: { readonly concept: Omit<OwnConcept, 'id'>; readonly tensors: StoredOwnConcept['tensors'] },
): Promise<StoredOwnConcept> {
  return changeProject(project, self, async () => {
    const stored = { concept: { ...concept, id: await freeId(project, run.id) }, tensors };
    await project.storage.writeAtomic(
      pathOf(project, run.id, stored.concept.id),
      encoded(project, run, stored),
    );
    await saveShown(project, run.id, [...(await shownOwnIds(project, run.id)), stored.concept.id]);
    return stored;
  });
}

/** The own concepts of a run in the order in which they were made; one whose file is not what was written is left out. */
export async function loadOwnConcepts(project: Project, run: OwnRun): Promise<StoredOwnConcept[]> {
  const found: StoredOwnConcept[] = [];
  for (const id of await shownOwnIds(project, run.id)) {
    const stored = await loadOne(project, run, id);
    if (stored) found.push(stored);
  }
  return found;
}

/** Takes an own concept out of sight, or shows it again. Was it otherwise before? */
export function showOwnConcept(
  project: Project,
  self: ProcessIdentity,
  runId: string,
  id: string,
  isShown: boolean,
): Promise<boolean> {
  return changeProject(project, self, async () => {
    const shown = await shownOwnIds(project, runId);
    if (shown.includes(id) === isShown) return false;
    if (isShown && !(await project.storage.exists(pathOf(project, runId, id)))) return false;
    const others = shown.filter((one) => one !== id);
    await saveShown(
      project,
      runId,
      isShown ? [...others, id].sort((a, b) => numberOf(a) - numberOf(b)) : others,
    );
    return true;
  });
}

/** Ids of the own concepts of a run that are shown. */
async function shownOwnIds(project: Project, runId: string): Promise<readonly string[]> {
  requireRun(project, runId);
  const path = runPath(project, runId, LIST);
  if (!(await project.storage.exists(path))) return [];
  const { shown } = await readJsonFile(project.storage, path, LIST_FILE);
  return shown.filter((id) => OWN_ID.test(id));
}

/** Another text whenever the own concepts of a run have changed since. */
export async function ownStamp(project: Project, runId: string): Promise<string> {
  return (await shownOwnIds(project, runId)).join(' ');
}

async function saveShown(project: Project, runId: string, shown: readonly string[]): Promise<void> {
  const list = { schemaVersion: SCHEMA_VERSION, shown };
  await writeJsonFile(project.storage, runPath(project, runId, LIST), LIST_FILE, list);
}

async function freeId(project: Project, runId: string): Promise<string> {
  const entries = await project.storage.list(runFolder(project, runId));
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
