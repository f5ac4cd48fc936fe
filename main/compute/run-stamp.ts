import type { Storage } from '../../core/platform.ts';
import type { RunQuestion } from './protocol.ts';

/** What of a finished run can change: its parts, what a person made of it, how far it can be trusted. */
const FILES = ['run.json', 'notes.json', 'evaluation.json'];
/** What is computed of a run later, and what is said of a bank's concepts. */
const COMPUTED = /^(merged|own)-.*\.safetensors$/;
const SAID = /^(notes|own-concepts)\.json$/;

/** Another text whenever one of a run's files has been written since, by whatever process. */
export async function runStamp(
  storage: Storage,
  { folder, runId }: Pick<RunQuestion, 'folder' | 'runId'>,
): Promise<string> {
  const stamps = FILES.map(async (name) => {
    const path = storage.join(folder, 'runs', runId, name);
    if (!(await storage.exists(path))) return null;
    const { size, modifiedMs } = await storage.stat(path);
    return [size, modifiedMs];
  });
  const computed = await namesIn(storage, storage.join(folder, 'runs', runId), COMPUTED);
  return JSON.stringify([await Promise.all(stamps), computed, await bankStamps(storage, folder)]);
}

/** What is said of the concepts of a bank is said of those of all its runs, whichever of them it was said in. */
async function bankStamps(storage: Storage, folder: string): Promise<unknown[]> {
  const root = storage.join(folder, 'banks');
  const banks = (await namesIn(storage, root, /./)).map(async (bank) => {
    const own = await namesIn(storage, storage.join(root, bank), SAID);
    return Promise.all(
      own.map(async (name) => {
        const { size, modifiedMs } = await storage.stat(storage.join(root, bank, name));
        return [bank, name, size, modifiedMs];
      }),
    );
  });
  return Promise.all(banks);
}

async function namesIn(storage: Storage, folder: string, wanted: RegExp): Promise<string[]> {
  if (!(await storage.exists(folder))) return [];
  const names = (await storage.list(folder)).map(({ name }) => name);
  return names.filter((name) => wanted.test(name)).sort();
}
