import type { Handlers } from '../../api/call-handler.ts';
import type { Settings } from '../../api/contract.ts';
import type { ComputeClient } from '../../compute/client.ts';
import type { Comparisons } from '../comparisons.ts';
import type { ModelEdits } from '../model-edits.ts';
import type { Evaluations } from '../evaluations.ts';
import type { EventHub } from '../events.ts';
import type { LongJobs } from '../long-jobs.ts';
import type { Log } from '../log.ts';
import type { NewImages } from '../new-images.ts';
import type { Pictures } from '../pictures.ts';
import type { AllPredictions } from '../predictions.ts';
import type { Projects } from '../projects.ts';
import type { Reports } from '../reports.ts';
import type { Results } from '../results.ts';
import type { RunService } from '../runs.ts';
import type { ScoreMapService } from '../score-maps.ts';
import type { SetupService } from '../setup.ts';
import type { SharedRunService } from '../shared-runs.ts';
import type { Studies } from '../studies.ts';
import type { StoredValue } from '../stored-value.ts';
import type { WorkbenchOptions } from '../workbench-options.ts';

/** What the workbench is made of. Handlers of a subject pick what they need. */
export interface Services extends Pick<WorkbenchOptions, 'storage' | 'desktop' | 'versions'> {
  readonly events: EventHub;
  readonly log: Log;
  /** The process that runs: one job at a time. */
  readonly runner: ComputeClient;
  /** The process that answers views. */
  readonly viewer: ComputeClient;
  readonly projects: Projects;
  readonly setup: SetupService;
  readonly runs: RunService;
  readonly sharedRuns: SharedRunService;
  readonly results: Results;
  readonly reports: Reports;
  readonly evaluations: Evaluations;
  readonly comparisons: Comparisons;
  readonly newImages: NewImages;
  readonly modelEdits: ModelEdits;
  readonly pictures: Pictures;
  readonly predictions: AllPredictions;
  readonly scoreMaps: ScoreMapService;
  readonly settings: StoredValue<Settings>;
  /** Settled once an unfinished run of the last session has been looked for. */
  readonly recalled: Promise<void>;
  readonly studies: Studies;
  readonly jobs: LongJobs;
}

/** The handlers of some methods of the contract. */
export type Part<Method extends keyof Handlers> = Pick<Handlers, Method>;
