import type { Storage } from '../../core/platform.ts';
import type { ComputeChild } from '../compute/client.ts';
import type { Desktop } from './desktop.ts';
import type { Places } from './places.ts';

/** What the program that hosts the workbench hands it. */
export interface WorkbenchOptions {
  readonly storage: Storage;
  readonly places: Places;
  readonly desktop: Desktop;
  /** Starts a compute process. */
  readonly spawn: (name: string) => ComputeChild;
  /** Folder of the built page of a study's participants. */
  readonly studyPage: string;
  readonly versions: Readonly<Record<string, string>>;
}
