import { TesseraError } from '../errors.ts';
import type { ProcessIdentity } from './lock-file.ts';
import {
  changeProjectFile,
  loadRun,
  runFolder,
  saveRun,
  type Project,
  type RunContent,
} from './project-folder.ts';
import { runIdentity } from './run-identity.ts';
import { SCHEMA_VERSION, type ProjectFile, type RunFile } from './schema.ts';

/**
 * Continues the newest unfinished run of the same options and seed, else begins a new one ("run1", "run2", …).
 * A continued run takes on the device and the versions of today.
 */
export async function startRun(
  project: Project,
  content: RunContent,
  self: ProcessIdentity,
): Promise<{ project: Project; run: RunFile; resumed: boolean }> {
  const interrupted = await findInterrupted(project, content);
  if (interrupted !== undefined) {
    const run = { ...interrupted, ...content, device: deviceOf(content, interrupted) };
    await saveRun(project, run);
    return { project, run, resumed: true };
  }
  const begun: { run?: RunFile } = {};
  const changed = await changeProjectFile(project, self, async (file) => {
    const lastRun = await unusedNumber({ ...project, file });
    const id = `run${lastRun}`;
    begun.run = {
      schemaVersion: SCHEMA_VERSION,
      id,
      created: new Date().toISOString(),
      stages: {},
      ...content,
    };
    await project.storage.makeDirectory(runFolder(project, id));
    await saveRun(project, begun.run);
    return { runs: [...file.runs, id], lastRun };
  });
  return { project: changed, run: begun.run!, resumed: false };
}

/** What a device fell back from before an interruption stays true of what it had computed. */
function deviceOf({ device }: RunContent, interrupted: RunFile): RunFile['device'] {
  if (interrupted.device.used !== device.used) return device;
  const reasons = [...interrupted.device.fallbackReasons, ...device.fallbackReasons];
  return { ...device, fallbackReasons: [...new Set(reasons)] };
}

/** The report that a run's command wanted is written: the run is complete. */
export async function markReported(project: Project, { id }: Pick<RunFile, 'id'>): Promise<void> {
  const { reportPending, ...run } = await loadRun(project, id);
  if (reportPending === true) await saveRun(project, run);
}

/** The newest unfinished run that asks the same: what {@link startRun} would continue. */
export async function findInterrupted(
  project: Project,
  content: Pick<RunContent, 'options' | 'seed'>,
): Promise<RunFile | undefined> {
  const { names = [] } = project.file.labels;
  const wanted = runIdentity(content, names);
  for (const id of project.file.runs.toReversed()) {
    const run = await loadRun(project, id).catch(passOverDamaged);
    if (run !== undefined && !isComplete(run) && runIdentity(run, names) === wanted) return run;
  }
  return undefined;
}

function isComplete({ explanation, reportPending }: RunFile): boolean {
  return explanation !== undefined && reportPending !== true;
}

/** One damaged old run must not bar the way to a new one. */
function passOverDamaged(error: unknown): undefined {
  if (error instanceof TesseraError) return undefined;
  throw error;
}

/** A folder that a kill left without its entry in project.json is passed over, not reused. */
async function unusedNumber(project: Project): Promise<number> {
  let number = lastNumber(project.file) + 1;
  while (await project.storage.exists(runFolder(project, `run${number}`))) number++;
  return number;
}

/** The highest number that a run of the project was ever given; projects of before 0.3 did not keep it. */
export function lastNumber({ runs, deleted = [], lastRun = 0 }: ProjectFile): number {
  const numbers = [...runs, ...deleted].map((id) => Number(/^run(\d+)$/.exec(id)?.[1] ?? 0));
  return Math.max(lastRun, runs.length, ...numbers);
}
