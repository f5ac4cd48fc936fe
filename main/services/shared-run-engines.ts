import { availableParallelism } from 'node:os';
import path from 'node:path';
import { shellWord } from '../../core/wording/shell-word.ts';
import { TesseraError } from '../../core/errors.ts';
import type { Storage } from '../../core/platform.ts';
import type { Project } from '../../core/project/project-folder.ts';
import type { WorkPlan } from '../../core/project/work-plan.ts';
import type { EngineReport, RunPlace, RunPlaces, RunScript, SlurmPlace } from '../api/contract.ts';
import { serializeError } from '../api/serialize-error.ts';
import { commandMerges, mergedSince } from '../engines/command-merges.ts';
import { commandsOf, type RunCommand } from '../engines/command-process.ts';
import type { Engine } from '../engines/engine.ts';
import { localEngine } from '../engines/local.ts';
import { programWords } from '../engines/program-words.ts';
import { missingPackage, openQueueServer } from '../engines/queue-packages.ts';
import { queueEngine } from '../engines/queue.ts';
import { slurmProblem } from '../engines/slurm-client.ts';
import type { SlurmSettings } from '../engines/slurm-scripts.ts';
import { slurmEngine, slurmFolder, slurmScripts } from '../engines/slurm.ts';
import type { CommandLine } from './workbench-options.ts';

/** Which engines there are here, and what is usual for them. */
export async function runPlaces({ program }: CommandLine): Promise<RunPlaces> {
  const problems = { local: undefined, slurm: await noSlurm(), bullmq: missingPackage() };
  const engines = Object.entries(problems).map(([engine, problem]) => ({
    engine: engine as EngineReport['engine'],
    problem: problem === undefined ? null : serializeError(problem),
  }));
  const shown = program?.map(shellWord).join(' ') ?? null;
  return { engines, processors: availableParallelism(), program: shown };
}

async function noSlurm(): Promise<TesseraError | undefined> {
  const problem = await slurmProblem();
  if (problem?.code !== 'bad-usage') return problem;
  return new TesseraError('bad-usage', 'There is no Slurm on this computer: sbatch is not found.', {
    hint: 'Start Tessera on the login node of the cluster, over SSH. The scripts can be looked at here.',
  });
}

/** How a place's commands are started: nodes of a cluster start another program than this, which then also plans. */
export function commandsFor(place: RunPlace, { run }: CommandLine): RunCommand {
  return place.engine === 'slurm' ? commandsOf(programWords(place.program)) : run;
}

/** The scripts that a place would be given for a project; `key` names its plan. */
export function scriptsFor(
  place: SlurmPlace,
  project: Pick<Project, 'storage' | 'folder'>,
  key = 'PLAN',
): RunScript[] {
  return [...slurmScripts(slurmSettings(place, project, key))].map(([name, text]) => ({ name, text }));
}

function slurmSettings(
  place: SlurmPlace,
  project: Pick<Project, 'storage' | 'folder'>,
  key: string,
): SlurmSettings {
  const { partition, account, extra, shards } = place;
  return {
    ...(partition !== '' && { partition }),
    ...(account !== '' && { account }),
    ...{ extra, shards, program: programWords(place.program), arguments: [] },
    project: path.resolve(project.folder),
    logs: logsOf(project, key),
  };
}

/** Where jobs of a cluster write what they say. */
export function logsOf(project: { readonly storage: Storage; readonly folder: string }, key: string): string {
  return path.join(slurmFolder(project, { key }), 'logs');
}

/** A plan that is computed, and who hears of it. */
export interface PlacedRun {
  readonly place: RunPlace;
  readonly commands: CommandLine;
  readonly project: Project;
  readonly plan: WorkPlan;
  /** Cancels what was started elsewhere, too. */
  readonly signal: AbortSignal;
  /** Ends the processes of this computer. */
  readonly ended: AbortSignal;
  readonly tell: (text: string) => void;
  readonly onStep: (step: 'shards' | 'merge' | 'run') => void;
}

/** The engine of a place. Throws as {@link openQueueServer}. */
export async function engineFor(placed: PlacedRun): Promise<Engine> {
  const { onStep, project, plan } = placed;
  const engine = await startedEngine(placed);
  return {
    // Nothing needs to be looked for where no merge has ever ended.
    missing: async (stage) =>
      (await mergedSince({ project, plan }, stage, 0)) === undefined ? undefined : engine.missing(stage),
    round(stage, shards) {
      onStep('shards');
      return engine.round(stage, shards);
    },
    finish() {
      onStep('run');
      return engine.finish();
    },
  };
}

async function startedEngine(placed: PlacedRun): Promise<Engine> {
  const { place, commands, project, plan, signal, ended, tell, onStep } = placed;
  const { shards } = place;
  const run = commandsFor(place, commands);
  if (place.engine === 'slurm')
    return slurmEngine({ project, plan, settings: slurmSettings(place, project, plan.key), signal, tell });
  const merges = commandMerges({ project, plan, run, signal: ended, onStep });
  if (place.engine === 'bullmq') {
    const redis = { url: place.redis };
    const server = await openQueueServer(redis);
    return queueEngine({ server, place: redis, project: project.folder, shards, signal }, merges);
  }
  const threads = Math.max(1, Math.floor(availableParallelism() / shards));
  return localEngine(
    { run, arguments: ['--threads', String(threads)], project: project.folder, shards, signal: ended, tell },
    merges,
  );
}

/** A place as it may be shown and kept: the address of a queue without its password. */
export function withoutPassword(place: RunPlace): RunPlace {
  if (place.engine !== 'bullmq' || !URL.canParse(place.redis)) return place;
  const url = new URL(place.redis);
  url.password = '';
  return { ...place, redis: url.href };
}
