import type { Facts } from '../stage.ts';
import type { Stages } from '../stage-runner.ts';

/** The stages of a run whose images are chosen. */
export type RunStages = Stages<Exclude<keyof Facts, 'parent' | 'earlier'>>;
