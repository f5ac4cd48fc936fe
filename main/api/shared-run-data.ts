import type { ProjectKey } from './run-data.ts';
import type { SerializedError } from './app-data.ts';

/*
 * Plain data that crosses from the workbench to its views: a run that several processes share. See contract.ts.
 */

/** Where a shared run is computed, and in how many shards. */
export type RunPlace = LocalPlace | SlurmPlace | QueuePlace;
/** What computes a shared run. */
export type RunEngine = RunPlace['engine'];

/** Processes of the computer that the workbench runs on. */
interface LocalPlace {
  readonly engine: 'local';
  readonly shards: number;
}

/** Array jobs of a cluster. */
export interface SlurmPlace {
  readonly engine: 'slurm';
  readonly shards: number;
  /** Empty: what the cluster has for them. */
  readonly partition: string;
  readonly account: string;
  /** Further options of sbatch, as "--gres=gpu:1". */
  readonly extra: readonly string[];
  /** How nodes start Tessera: a command as a shell has it. */
  readonly program: string;
}

/** Machines that take work from a Redis server. */
interface QueuePlace {
  readonly engine: 'bullmq';
  readonly shards: number;
  /** "rediss://:PASSWORD@HOST:6379"; without the password in whatever the workbench tells or keeps. */
  readonly redis: string;
}

/** An engine, and why it cannot be used here; null where it can. */
export interface EngineReport {
  readonly engine: RunEngine;
  readonly problem: SerializedError | null;
}

/** What can be chosen of places, and what is usual. */
export interface RunPlaces {
  readonly engines: readonly EngineReport[];
  /** Of this computer. */
  readonly processors: number;
  /** How this program is started from a shell; null where it has no command line that a node could start. */
  readonly program: string | null;
}

/** A script, as it would be submitted. */
export interface RunScript {
  readonly name: string;
  readonly text: string;
}

/** How far one shard is with a stage. */
export interface SharedShard {
  readonly shard: number;
  readonly of: number;
  readonly host: string;
  /** `silent`: it says that it works, and has said nothing for minutes. */
  readonly state: 'working' | 'done' | 'waiting' | 'failed' | 'silent';
  /** Images, of those that it has to compute. */
  readonly done: number;
  readonly total: number;
}

/** How far a stage is. */
export interface SharedStageState {
  readonly stage: 'predictions' | 'rows' | 'coefficients';
  /** `unknown`: nobody has begun. */
  readonly state: 'unknown' | 'working' | 'incomplete' | 'done';
  /** Pieces of 64 images; null while that is not known. */
  readonly pieces: number | null;
  readonly stored: number;
  /** Images a second of all shards, and seconds left; null where nobody works. */
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly shards: readonly SharedShard[];
}

/** Why a shard failed. */
export interface SharedFailure {
  readonly stage: SharedStageState['stage'];
  readonly shard: number;
  readonly of: number;
  readonly host: string;
  readonly message: string;
  readonly hint: string | null;
  /** It is not tried again. */
  readonly isFinal: boolean;
}

/** The shared run that was started last. */
export interface SharedRunState {
  readonly folder: string;
  readonly projectName: string;
  readonly className: string;
  readonly place: RunPlace;
  /** `paused`: the program ended meanwhile, and it can go on. */
  readonly status: 'running' | 'paused' | 'done' | 'cancelled' | 'failed';
  /** What is done beside the shards: the plan before them, what needs all images between them, the run at the end. */
  readonly step: 'plan' | 'shards' | 'merge' | 'run';
  /** Images of the plan; null while it is not written. */
  readonly images: number | null;
  readonly stages: readonly SharedStageState[];
  readonly failures: readonly SharedFailure[];
  /** What was started, a line each. */
  readonly told: readonly string[];
  /** Folder of the logs; null where there are none. */
  readonly logs: string | null;
  /** The finished run. */
  readonly project: ProjectKey | null;
  readonly runId: string | null;
  readonly error: SerializedError | null;
}

/** Calls about shared runs. */
export interface SharedRunApi {
  listRunPlaces(): Promise<RunPlaces>;
  /** The scripts that a place would be given. Where the plan is not written yet, PLAN stands for its name. */
  previewRunScripts(query: { readonly place: SlurmPlace }): Promise<readonly RunScript[]>;
  /** Plans the run that the setup describes and lets the place compute it; what was computed before is taken up. */
  startSharedRun(query: { readonly place: RunPlace }): Promise<SharedRunState>;
  /** Goes on after the program was ended, or after a failure; a queue needs its address again where that has a password. */
  resumeSharedRun(query: { readonly redis?: string }): Promise<SharedRunState>;
  /** Ends its processes, jobs or what waits in the queue; what is computed is kept. */
  cancelSharedRun(): Promise<SharedRunState>;
  /** The current one, else null. */
  getSharedRun(): Promise<SharedRunState | null>;
}
