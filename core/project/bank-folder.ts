import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';
import type { Project } from './project-folder.ts';

/** What names a bank: the fingerprint of what it was made of. */
export const BANK_ID = z.string().regex(/^[0-9a-f]{32}$/);

/** `banks/ID/bank.json`: what a bank of several classes was made of. Its directions are in every run that has it. */
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

/** Writes `banks/ID/bank.json` unless it is there: a bank of one id is always the same. */
export async function keepBank(project: Project, id: string, content: BankContent): Promise<void> {
  const path = bankPath(project, id, 'bank.json');
  if (await project.storage.exists(path)) return;
  await project.storage.makeDirectory(project.storage.dirname(path));
  const created = new Date().toISOString();
  await writeJsonFile(project.storage, path, BANK_FILE, {
    schemaVersion: SCHEMA_VERSION,
    created,
    ...content,
  });
}

/** Reads a bank; TesseraError 'bad-project' where the file is damaged, 'storage' where it is gone. */
export function loadBank(project: Project, id: string): Promise<BankFile> {
  return readJsonFile(project.storage, bankPath(project, id, 'bank.json'), BANK_FILE);
}
