import type { CropRef } from '../concepts/explanation.ts';
import type { OnProgress } from '../platform.ts';
import type { Project } from '../project/project-folder.ts';
import type { Environment, OpenedDevice } from './environment.ts';
import type { ModelIntake } from './model-intake.ts';
import type { ScoredModel } from './scored-model.ts';
import type { FileFact } from './question.ts';

/** A model on a device, without a project. */
export interface ModelScope {
  readonly environment: Environment;
  readonly device: OpenedDevice;
  readonly intake: ModelIntake;
}

/** A model of a score on a device. */
export interface ScoredScope extends ModelScope {
  readonly intake: ScoredModel;
}

/** A device, and the project whose cache keeps what is computed on it. */
export interface WorkScope {
  readonly environment: Environment;
  readonly device: OpenedDevice;
  readonly project: Project;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

/** What a run is done with, whatever its question, and who hears of it. */
export interface RunScope extends WorkScope {
  /** Whoever asks writes a report next; the run is continued until that is there. */
  readonly reportFollows?: boolean;
  /** Called when a run that was stopped before its end is taken up again. */
  readonly onResume?: (runId: string) => void;
  /**
   * Called as soon as concepts exist: the strongest places of each, in the order of the bank, and the run's images. Before
   * that, perhaps, with a first look at some images `of` so many that were given; nothing of that is the run's.
   */
  readonly onConcepts?: (
    runId: string,
    places: readonly (readonly CropRef[])[],
    images: readonly FileFact[],
    of?: number,
  ) => void;
}
