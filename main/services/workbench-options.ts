import type { Storage } from '../../core/platform.ts';
import type { ComputeChild } from '../compute/client.ts';
import type { RunCommand } from '../engines/command-process.ts';
import type { Desktop } from './desktop.ts';
import type { Places } from './places.ts';

/** How commands of the command line are started. */
export interface CommandLine {
  readonly run: RunCommand;
  /** Program and arguments up to the command; null where only this program itself can start one. */
  readonly program: readonly string[] | null;
}

/** What the program that hosts the workbench hands it. */
export interface WorkbenchOptions {
  readonly storage: Storage;
  readonly places: Places;
  readonly desktop: Desktop;
  /** Starts a compute process. */
  readonly spawn: (name: string) => ComputeChild;
  /** Folder of the built page of a study's participants. */
  readonly studyPage: string;
  readonly commands: CommandLine;
  readonly versions: Readonly<Record<string, string>>;
}
