import type { CropRef, LayerRecord } from '../concepts/explanation.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import type { FolderScan, ImageFile } from '../images/folder-scan.ts';
import type { OnProgress } from '../platform.ts';
import type { Project } from '../project/project-folder.ts';
import type { StageStore } from '../project/stage-store.ts';
import type { ModelIntake } from './model-intake.ts';
import type { OpenedDevice, Environment } from './environment.ts';

/** A model on a device, and the project whose cache keeps what it computes. */
export interface RunScope {
  readonly environment: Environment;
  readonly device: OpenedDevice;
  readonly intake: ModelIntake;
  readonly project: Project;
  /** The pictures, where they were looked for already. @default the folders of the options are scanned */
  readonly scan?: FolderScan;
  readonly onProgress: OnProgress;
  /** Told when a run that was stopped before its end is taken up again. */
  readonly onResume?: (runId: string) => void;
  /** Told as soon as concepts exist: the strongest places of each, in the order of the bank, and the run's images. */
  readonly onConcepts?: (
    runId: string,
    places: readonly (readonly CropRef[])[],
    images: readonly ImageFile[],
  ) => void;
  readonly signal: AbortSignal | undefined;
}

/** What every stage of a run works with. */
export interface RunContext extends RunScope {
  readonly store: StageStore;
  readonly options: RunOptions;
}

/** A run whose images and class are known. */
export interface ClassContext extends RunContext, ClassScope {}

/** A class and the images to explain it on, whether in a run or before one. */
export interface ClassScope extends RunScope {
  readonly options: RunOptions;
  readonly classIndex: number;
  readonly layer: LayerRecord;
  /** The explained images, in the order of every later array. */
  readonly images: readonly ImageFile[];
}
