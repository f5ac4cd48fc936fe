import type { Storage } from '../../core/platform.ts';
import type { RunQuestion } from './protocol.ts';

/** What of a finished run can change: its parts, what a person made of it, how far it can be trusted. */
const FILES = ['run.json', 'notes.json', 'evaluation.json'];

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
  return JSON.stringify(await Promise.all(stamps));
}
