import { saveRun, type Project } from './project-folder.ts';
import type { RunFile, StageRecord } from './schema.ts';
import { openStageEntry, type StageEntry } from './stage-entry.ts';

/**
 * The stages of one run: their results in the project's cache, each under a fingerprint of all that determines it, and
 * their progress in run.json. The same fingerprint is answered from the cache, also in another run.
 */
export interface StageStore {
  /** The run with the stages so far; write it back with `finish`. */
  readonly run: RunFile;
  /**
   * Does the work of a stage on its entry: run.json says 'pending' meanwhile, 'done' after. Its time is that of the
   * run that computed its pieces, not of a later one that found them.
   */
  readonly stage: <Result>(
    name: string,
    fingerprint: string,
    work: (entry: StageEntry) => Promise<Result>,
  ) => Promise<Result>;
  /** Changes fields of run.json, e.g. the explanation at the end. */
  finish(changes: Partial<RunFile>): Promise<RunFile>;
}

/**
 * Opens the stages of a run that {@link startRun} gave. One store a run at a time. What the device fell back from is
 * kept with every stage that is done, as a run that continues later no longer meets it; `fallbacks` gives those so far.
 * `warn` hears of damaged results, which are computed again.
 */
export function openStageStore(
  project: Project,
  started: RunFile,
  {
    fallbacks = () => [],
    warn,
  }: { readonly fallbacks?: () => readonly string[]; readonly warn?: (text: string) => void } = {},
): StageStore {
  let run = started;
  const device = (): RunFile['device'] => ({
    ...run.device,
    fallbackReasons: [...new Set([...run.device.fallbackReasons, ...fallbacks()])],
  });
  const finish = async (changes: Partial<RunFile>): Promise<RunFile> => {
    run = { ...run, device: device(), ...changes };
    await saveRun(project, run);
    return run;
  };
  const record = (name: string, stage: StageRecord) => finish({ stages: { ...run.stages, [name]: stage } });

  return {
    get run() {
      return run;
    },
    finish,
    async stage(name, fingerprint, work) {
      await record(name, { status: 'pending', fingerprint });
      const entry = await openStageEntry(project, name, fingerprint, warn);
      const result = await work(entry);
      await record(name, { status: 'done', fingerprint, elapsedMs: entry.elapsedMs });
      return result;
    },
  };
}
