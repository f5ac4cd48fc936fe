import { z } from 'zod';
import { matrixTensor, tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { expectFloat32 } from '../tensor.ts';
import { decodeChecked, encodeChecked } from './checked-tensors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';
import type { Project } from './project-folder.ts';

const DIRECTIONS = 'directions.safetensors';

/** What names a bank: the fingerprint of what it was made of. */
export const BANK_ID = z.string().regex(/^[0-9a-f]{32}$/);

/** `banks/ID/bank.json`: what a bank of several classes was made of. Its directions lie beside it. */
const BANK_FILE = z.object({
  schemaVersion: VERSION,
  created: z.iso.datetime(),
  /** Tensor at which the model was cut. */
  layer: z.string(),
  concepts: z.int().positive(),
  /** Classes by their index, with the images of each, and the images themselves. */
  classes: z.array(z.object({ index: z.int().nonnegative(), images: z.int().nonnegative() })),
  images: z.array(z.string()),
});
/** {@link BANK_FILE} in memory. */
export type BankFile = Readonly<z.infer<typeof BANK_FILE>>;

/** What a run says of the bank that it has in common with others. */
export type BankContent = Omit<BankFile, 'schemaVersion' | 'created'>;

/** Path of one of the files of a bank. */
export function bankPath(
  { storage, folder }: Pick<Project, 'storage' | 'folder'>,
  id: string,
  name: string,
): string {
  return storage.join(folder, 'banks', BANK_ID.parse(id), name);
}

/**
 * Writes `banks/ID/bank.json` and the directions unless they are there: a bank of one id is always the same. Was it new?
 */
export async function keepBank(
  project: Project,
  id: string,
  content: BankContent,
  directions: Matrix,
): Promise<boolean> {
  const { storage } = project;
  const path = bankPath(project, id, 'bank.json');
  if (await storage.exists(path)) return false;
  await storage.makeDirectory(storage.dirname(path));
  const tensors = new Map([['conceptBank', matrixTensor(directions)]]);
  await storage.writeAtomic(
    bankPath(project, id, DIRECTIONS),
    encodeChecked(storage, { tensors, facts: {} }),
  );
  const created = new Date().toISOString();
  await writeJsonFile(storage, path, BANK_FILE, { schemaVersion: SCHEMA_VERSION, created, ...content });
  return true;
}

/** The directions W [r, p] of a bank; undefined where the file is missing or not what was written. */
export async function loadDirections(project: Project, id: string): Promise<Matrix | undefined> {
  const path = bankPath(project, id, DIRECTIONS);
  if (!(await project.storage.exists(path))) return undefined;
  const read = decodeChecked(project.storage, await project.storage.readBytes(path), []);
  return read && tensorMatrix(expectFloat32(read.tensors.get('conceptBank'), 'conceptBank'));
}

/** The ids of the banks of a project that can be read, with what they were made of, the newest first. */
export async function listBanks(
  project: Project,
): Promise<{ readonly id: string; readonly bank: BankFile }[]> {
  const { storage, folder } = project;
  const root = storage.join(folder, 'banks');
  if (!(await storage.exists(root))) return [];
  const banks: { readonly id: string; readonly bank: BankFile }[] = [];
  for (const { name } of await storage.list(root)) {
    if (!BANK_ID.safeParse(name).success || !(await storage.exists(bankPath(project, name, 'bank.json'))))
      continue;
    banks.push({ id: name, bank: await loadBank(project, name) });
  }
  return banks.sort((a, b) => (a.bank.created < b.bank.created ? 1 : -1));
}

/** Reads a bank; TesseraError 'bad-project' where the file is damaged, 'storage' where it is gone. */
export function loadBank(project: Project, id: string): Promise<BankFile> {
  return readJsonFile(project.storage, bankPath(project, id, 'bank.json'), BANK_FILE);
}
