import type {
  Box,
  Estimate,
  LayerRecord,
  Reconstruction,
  SkippedFile,
} from '../../core/concepts/explanation.ts';
import type { ExplainOptions, ImageSelection } from '../../core/concepts/explain-options.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import type { DeviceChoice, DeviceName, Progress } from '../../core/platform.ts';

/*
 * What a view may ask of the workbench and what the workbench tells it, whatever lies between: Electron's IPC or the
 * loopback host. Types only. Everything is plain data that JSON can carry; pictures and pages are named by ids and
 * fetched from PICTURES_PATH and DOCUMENTS_PATH of the page's own origin.
 */

export type {
  Box,
  DeviceChoice,
  DeviceName,
  ErrorCode,
  Estimate,
  ExplainOptions,
  ImageSelection,
  LayerRecord,
  Preprocessing,
  Progress,
  Reconstruction,
  SkippedFile,
};

/** A failure as it crosses a process boundary; stacks stay in the log. */
export interface SerializedError {
  readonly name: string;
  /** 'internal' for our own mistakes, 'cancelled' where a person stopped it. */
  readonly code: ErrorCode | 'internal' | 'cancelled' | 'compute-lost';
  /** What happened, what was expected and what was got. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SerializedError };

/**
 * Names a picture. Its address is `/pictures/${id}?side=N` on the page's own origin, N one of {@link PictureSide}:
 * the longer side in pixels, 384 without it. The picture behind an id never changes, so it is cached for good.
 */
export type PictureId = string;
export type PictureSide = 96 | 192 | 384 | 768 | 1536;

/** Names a page to show in a frame or to download: `/documents/${id}`, with `?download` as a file. */
export type DocumentId = string;

/** Names a recent project. */
export type ProjectId = string;

// ---- The program ----------------------------------------------------------------------------------------------

export type Screen = 'library' | 'setup' | 'run' | 'concepts' | 'image' | 'report';
export type Theme = 'system' | 'light' | 'dark';

export interface AppInfo {
  readonly version: string;
  /** 'desktop' is Electron; 'browser' is a page of the loopback host, without file dialogs. */
  readonly host: 'desktop' | 'browser';
  /** As in Node: 'linux', 'darwin', 'win32', … */
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Choices that outlive a project. */
export interface Settings {
  readonly theme: Theme;
  /** Device of new runs. */
  readonly device: DeviceChoice;
  /** Opacity of maps over pictures, 0…1. */
  readonly mapOpacity: number;
}

export interface DeviceReport {
  readonly name: DeviceName;
  readonly available: boolean;
  /** Why it cannot be used; empty when it can. */
  readonly reason: string;
  readonly detail: string;
  /** Relative to the CPU, on a small network. */
  readonly speed: number;
}

/** The process that computes. It may die without harm: a run is taken up again. */
export interface ComputeState {
  readonly status: 'idle' | 'starting' | 'ready' | 'busy' | 'restarting' | 'failed';
  /** Crashes since the last job that ended well. */
  readonly crashes: number;
  /** Seconds until the next attempt while 'restarting'. */
  readonly retryInSeconds?: number;
  /** What a person should know of the last crash. */
  readonly reason?: string;
}

export interface LogLine {
  /** Rises by one. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

// ---- Library --------------------------------------------------------------------------------------------------

export interface RecentProject {
  readonly id: ProjectId;
  readonly name: string;
  /** Where it lies, for people. */
  readonly folder: string;
  readonly modelName: string;
  /** Classes explained by its finished runs, newest first. */
  readonly classNames: readonly string[];
  readonly openedAt: string;
  readonly thumbnails: readonly PictureId[];
  /** Why it cannot be opened now; absent when it can. */
  readonly problem?: string;
}

// ---- Setup ----------------------------------------------------------------------------------------------------

/** Everything set for the next run; what is not there yet is null. */
export interface Setup {
  /** Another model or project has another key. */
  readonly key: string;
  /** Name of the project; null before a model is given. */
  readonly name: string | null;
  readonly folder: string | null;
  readonly model: ModelSummary | null;
  readonly images: ImageSetSummary | null;
  readonly options: RunOptions;
  /** What was refused last, by the part it belongs to; what was set before stays. */
  readonly problems: Readonly<Partial<Record<SetupPart, SerializedError>>>;
  /** Finished and unfinished runs of the project, newest first. */
  readonly runs: readonly RunSummary[];
  readonly canUndo: boolean;
}

export type SetupPart = 'model' | 'images' | 'labels' | 'preprocessing' | 'options';

export interface ModelSummary {
  readonly fileName: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly opset: number;
  readonly input: {
    readonly name: string;
    readonly dims: readonly (number | string)[];
    readonly layout: string;
  };
  readonly output: { readonly name: string; readonly dims: readonly (number | string)[] };
  readonly classNames: readonly string[];
  readonly labelsSource: string;
  readonly preprocessing: PreprocessingChoice;
  /** In order of depth. */
  readonly cutPoints: readonly CutPointSummary[];
  readonly hasFreeBatch: boolean;
}

export interface CutPointSummary {
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly kind: LayerRecord['kind'];
  readonly channels: number;
  readonly grid: readonly [rows: number, columns: number];
  /** Smallest value on a batch of noise: below 0 says that the layer is signed. Null until probed. */
  readonly minValue: number | null;
  /** Share of the multiplications done before it, 0…1. */
  readonly computeShare: number;
  readonly proposed: boolean;
}

export interface PreprocessingChoice {
  readonly value: Preprocessing;
  readonly source: 'card' | 'metadata' | 'default' | 'chosen';
  readonly reason: string;
  readonly presets: readonly string[];
  /** The preset in use, if it is one. */
  readonly preset: string | null;
}

export interface ImageSetSummary {
  readonly roots: readonly { readonly path: string; readonly name: string; readonly count: number }[];
  readonly count: number;
  /** Pictures and folders that cannot be used. */
  readonly skipped: readonly SkippedFile[];
  readonly otherFiles: number;
  readonly folders: readonly {
    readonly name: string;
    readonly count: number;
    readonly classIndex: number | null;
  }[];
}

/** The options of a run that a person sets; model, images, labels and preprocessing are parts of the setup. */
export type RunOptions = Omit<ExplainOptions, 'model' | 'images' | 'labels' | 'preprocessing' | 'class'> & {
  /** Index of the class to explain; null before it is chosen. */
  readonly classIndex: number | null;
};

/** Changes of options; null takes a choice back. */
export interface OptionChanges {
  readonly classIndex?: number | null;
  readonly select?: ImageSelection;
  readonly layer?: string | null;
  readonly concepts?: number | 'auto';
  readonly rows?: 'crops' | 'grid';
  readonly patch?: number | null;
  readonly design?: 'sobol' | 'halton' | 'lhs';
  readonly samples?: number;
  readonly replicates?: number;
  readonly seed?: number;
  readonly device?: DeviceChoice;
}

export interface ClassScore {
  readonly index: number;
  readonly name: string;
  readonly probability: number;
}

/** What the model says of a handful of pictures under a preprocessing. */
export interface Preview {
  readonly pictures: readonly {
    /** As the model gets it: fitted and cut. */
    readonly picture: PictureId;
    readonly fileName: string;
    readonly folder: string;
    /** The likeliest classes, at most five. */
    readonly top: readonly ClassScore[];
    /** The class its folder names; null where none fits. */
    readonly expected: number | null;
  }[];
  /** Folders named like a class, with how often the model says so. */
  readonly folders: readonly {
    readonly name: string;
    readonly className: string;
    readonly shown: number;
    readonly hits: number;
  }[];
  /** Hits over all pictures whose folder names a class, 0…1; null where none does. */
  readonly hitRate: number | null;
  /** Mean of the largest probability, 0…1. */
  readonly confidence: number;
  readonly skipped: readonly SkippedFile[];
}

export interface PreprocessingTrial {
  readonly preset: string;
  readonly hitRate: number | null;
  readonly confidence: number;
}

/** What the model predicts for all images. */
export interface ClassCounts {
  /** Classes predicted at least once, the most frequent first. */
  readonly classes: readonly {
    readonly index: number;
    readonly name: string;
    readonly count: number;
    readonly picture: PictureId;
  }[];
  readonly images: number;
  readonly skipped: readonly SkippedFile[];
}

export interface ImageTableQuery {
  readonly offset: number;
  readonly limit: number;
  /** @default 'path' */
  readonly sort?: 'path' | 'folder' | 'bytes' | 'predicted' | 'probability';
  readonly descending?: boolean;
  /** Part of a path. */
  readonly filter?: string;
}

/** A page of the image table; predictions are null before {@link WorkbenchApi.predictAll}. */
export interface ImageTable {
  readonly total: number;
  readonly rows: readonly {
    /** Position in the scan. */
    readonly index: number;
    readonly picture: PictureId;
    readonly fileName: string;
    readonly folder: string;
    readonly bytes: number;
    readonly predicted: ClassScore | null;
    /** Why it is left out; null when it is used. */
    readonly reason: string | null;
  }[];
}

export interface RunEstimate {
  /** Null before anything was measured on this machine with this model. */
  readonly seconds: { readonly low: number; readonly high: number } | null;
  readonly memoryBytes: number;
  readonly images: number;
  /** Rows of the activation matrix. */
  readonly rows: number;
  readonly channels: number;
  /** How the figures came about, a sentence. */
  readonly basis: string;
}

// ---- Run ------------------------------------------------------------------------------------------------------

export type RunStatus = 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

export interface RunSummary {
  readonly runId: string;
  readonly created: string;
  readonly className: string | null;
  readonly classIndex: number | null;
  readonly layer: string | null;
  readonly concepts: number | null;
  readonly isFinished: boolean;
}

export interface StageProgress {
  readonly stage: string;
  /** What the stage does, for people. */
  readonly title: string;
  readonly status: 'waiting' | 'running' | 'done';
  readonly done: number;
  readonly total: number;
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly elapsedSeconds: number;
}

export interface RunState {
  /** Null while the run has not told its id. */
  readonly runId: string | null;
  readonly status: RunStatus;
  readonly className: string;
  readonly stages: readonly StageProgress[];
  /** Seconds to the end of the stage that runs. */
  readonly etaSeconds: number | null;
  /** Taken up where an earlier one had stopped. */
  readonly isResumed: boolean;
  readonly device: { readonly used: DeviceName | null; readonly fallbackReasons: readonly string[] };
  readonly error: SerializedError | null;
}

/** Concepts as soon as they exist, before their importance is known; in the order of the bank. */
export interface EarlyConcepts {
  readonly runId: string;
  readonly concepts: readonly { readonly id: string; readonly crops: readonly PictureId[] }[];
}

// ---- Concepts -------------------------------------------------------------------------------------------------

export interface ConceptItem {
  readonly id: string;
  readonly name: string;
  /** The name that the run gave. */
  readonly givenName: string;
  readonly rank: number;
  readonly importance: Estimate;
  /** Concepts that share a number cannot be told apart by importance. */
  readonly tier: number;
  /** 0…1 */
  readonly prevalence: number;
  /** Agreement over repetitions, 0…1; null where it was not evaluated. */
  readonly reliability: number | null;
  readonly isHidden: boolean;
  /** Ids shown as one with it, itself first; empty when it stands alone. */
  readonly group: readonly string[];
  /** The concept that stands for its group, when it is another. */
  readonly mergedInto: string | null;
  readonly comment: string;
  /** The strongest crops. */
  readonly cover: readonly PictureId[];
  /** Strongest coefficient in each image of the run, by image. */
  readonly strengths: readonly number[];
}

export interface RunResult {
  readonly run: RunSummary;
  readonly className: string;
  readonly layer: LayerRecord;
  readonly images: number;
  /** Most important first. */
  readonly concepts: readonly ConceptItem[];
  readonly reconstruction: Reconstruction;
  readonly factorization: { readonly method: string; readonly status: string; readonly rows: number };
  readonly importance: {
    readonly design: string;
    readonly samples: number;
    readonly replicates: number;
    readonly method: 'sampled' | 'exact';
  };
  readonly device: { readonly used: DeviceName; readonly fallbackReasons: readonly string[] };
  /** Share of images in which two concepts are present together, [r][r] in the order of `concepts`. */
  readonly cooccurrence: readonly (readonly number[])[];
  readonly skipped: readonly SkippedFile[];
  /** What undo and redo would do, for people; null when there is nothing. */
  readonly undo: string | null;
  readonly redo: string | null;
}

/** An edit of what a person made of the concepts. */
export type ConceptEdit =
  | { readonly kind: 'rename'; readonly concept: string; readonly name: string }
  | { readonly kind: 'hide' | 'show'; readonly concept: string }
  /** The first stands for the others. */
  | { readonly kind: 'merge'; readonly concepts: readonly string[] }
  | { readonly kind: 'split'; readonly concept: string }
  | { readonly kind: 'comment'; readonly concept: string; readonly text: string };

export interface CropQuery {
  readonly runId: string;
  readonly concept: string;
  /** `effect`: how far the class logit falls without the concept in that image. @default 'coefficient' */
  readonly sort?: 'coefficient' | 'effect';
  /** Every place of the concept, or the strongest of each image. @default 'all' */
  readonly places?: 'all' | 'strongest';
  readonly offset: number;
  readonly limit: number;
}

export interface CropItem {
  /** Index of the image in the run. */
  readonly image: number;
  readonly box: Box;
  readonly coefficient: number;
  /** Fall of the class logit without the concept in this image; null until it is asked for by `sort: 'effect'`. */
  readonly effect: number | null;
  readonly crop: PictureId;
  /** The whole picture with the crop outlined. */
  readonly context: PictureId;
  /** The whole picture under the concept's map; null where the layer has no grid. */
  readonly map: PictureId | null;
}

export interface CropPage {
  readonly total: number;
  readonly crops: readonly CropItem[];
}

// ---- Image ----------------------------------------------------------------------------------------------------

export interface RunImage {
  readonly image: number;
  readonly fileName: string;
  readonly picture: PictureId;
  readonly predicted: ClassScore;
  readonly agrees: boolean;
}

export interface ConceptMap {
  readonly concept: string;
  readonly grid: readonly [rows: number, columns: number];
  /** Row-major over the grid; units of the activation. */
  readonly values: readonly number[];
  readonly overlay: PictureId;
  /** Largest value of the concept in any image. */
  readonly maximum: number;
}

/** From the logit without any concept to the model's own. `baseline + Σ steps + unexplained = logit`. */
export interface Waterfall {
  readonly baseline: number;
  /** Concepts added one after another, the most important of the class first. */
  readonly steps: readonly { readonly concept: string; readonly change: number }[];
  /** What the concepts do not reproduce. */
  readonly unexplained: number;
  readonly logit: number;
}

export interface MapMethod {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

export interface ImageDetail {
  readonly image: number;
  readonly fileName: string;
  readonly path: string;
  /** The square that the model sees. */
  readonly picture: PictureId;
  /** Side of that square in pixels of the model's input: the unit of boxes. */
  readonly side: number;
  readonly predicted: ClassScore;
  readonly logit: number;
  readonly reconstructedLogit: number;
  readonly agrees: boolean;
  readonly method: string;
  readonly methods: readonly MapMethod[];
  /** One a concept in order of rank; empty where the layer has no grid. */
  readonly maps: readonly ConceptMap[];
  /** Bright end of the colour scale that all maps of the run share. */
  readonly scaleMaximum: number;
  /** Sobol total index of each concept in this image, by id. */
  readonly localImportance: Readonly<Record<string, number>>;
}

// ---- Report ---------------------------------------------------------------------------------------------------

export interface ReportChoice {
  readonly runId: string;
  /** Ids of the concepts to print, in any order; absent: all that are not hidden. */
  readonly concepts?: readonly string[];
  /** Ids from {@link WorkbenchApi.listReportSections}; absent: all. */
  readonly sections?: readonly string[];
}

export interface ReportSection {
  readonly id: string;
  readonly title: string;
}

/** Where a report went: a path on this machine, or a page to download; neither when the dialog was closed. */
export interface SavedReport {
  readonly path: string | null;
  readonly document: DocumentId | null;
}

// ---- The contract ---------------------------------------------------------------------------------------------

/** Each method takes one object (or nothing) and may fail with a {@link SerializedError}. */
export interface WorkbenchApi {
  getApp(): Promise<AppInfo>;
  getSettings(): Promise<Settings>;
  setSettings(changes: Partial<Settings>): Promise<Settings>;
  listDevices(): Promise<readonly DeviceReport[]>;
  getCompute(): Promise<ComputeState>;
  /** Starts the compute process anew, also after it was given up. */
  restartCompute(): Promise<ComputeState>;
  /** Lines after a number, at most the newest 2000. */
  getLog(query: { readonly after: number }): Promise<readonly LogLine[]>;

  listRecent(): Promise<readonly RecentProject[]>;
  openRecent(query: { readonly id: ProjectId }): Promise<Setup>;
  /** Takes a project off the list; its folder stays. */
  forgetRecent(query: { readonly id: ProjectId }): Promise<readonly RecentProject[]>;
  openDemo(): Promise<Setup>;

  getSetup(): Promise<Setup>;
  /**
   * Takes what was dropped or chosen: a model, image files and folders, a labels file, a project folder. What cannot be
   * used is told in `problems` and leaves what was set alone; rejects when nothing of it could be used.
   */
  addPaths(query: { readonly paths: readonly string[] }): Promise<Setup>;
  /** Opens the system's file dialog and takes what is chosen; the setup as it was when the dialog is closed. */
  chooseFiles(query: {
    readonly what: 'model' | 'folders' | 'pictures' | 'labels' | 'project';
  }): Promise<Setup>;
  removeImages(query: { readonly root: string }): Promise<Setup>;
  /** An empty setup, for another model. */
  clearSetup(): Promise<Setup>;
  /** A preset's name, fields of a card, or null for what the model's card or a guess says. */
  choosePreprocessing(query: {
    readonly preprocessing: string | Partial<Preprocessing> | null;
  }): Promise<Setup>;
  /** A labels file, or null for the model's own. */
  chooseLabels(query: { readonly path: string | null }): Promise<Setup>;
  setOptions(changes: OptionChanges): Promise<Setup>;
  undoSetup(): Promise<Setup>;
  /** The model again, with the sign of every cut point probed. */
  inspectModel(): Promise<ModelSummary>;
  previewImages(query: { readonly limit: number }): Promise<Preview>;
  /** Every preset on the same few pictures, the likeliest first. */
  comparePreprocessings(): Promise<readonly PreprocessingTrial[]>;
  /** Runs the model over every image (progress by the event `job`); the run takes the results over. */
  predictAll(): Promise<ClassCounts>;
  listImages(query: ImageTableQuery): Promise<ImageTable>;
  estimate(): Promise<RunEstimate>;

  /** Starts the run that the setup describes, or takes up the same one where it was interrupted. */
  startRun(): Promise<RunState>;
  /** Stops after the batch at hand; what is computed stays. */
  pauseRun(): Promise<RunState>;
  resumeRun(): Promise<RunState>;
  cancelRun(): Promise<RunState>;
  /** The current run, else null. */
  getRun(): Promise<RunState | null>;
  getEarlyConcepts(): Promise<EarlyConcepts | null>;

  /** A finished run of the open project; the newest without an id, null when there is none. */
  getResult(query: { readonly runId?: string }): Promise<RunResult | null>;
  listCrops(query: CropQuery): Promise<CropPage>;
  editConcept(query: { readonly runId: string; readonly edit: ConceptEdit }): Promise<RunResult>;
  undoEdit(query: { readonly runId: string }): Promise<RunResult>;
  redoEdit(query: { readonly runId: string }): Promise<RunResult>;

  listRunImages(query: { readonly runId: string }): Promise<readonly RunImage[]>;
  getImage(query: {
    readonly runId: string;
    readonly image: number;
    readonly method?: string;
  }): Promise<ImageDetail>;
  getWaterfall(query: { readonly runId: string; readonly image: number }): Promise<Waterfall>;

  listReportSections(): Promise<readonly ReportSection[]>;
  /** Makes the report (progress by the event `job`) and names the page. */
  previewReport(choice: ReportChoice): Promise<DocumentId>;
  saveReport(choice: ReportChoice): Promise<SavedReport>;
  /** To PDF; a page to print in a browser. */
  printReport(choice: ReportChoice): Promise<SavedReport>;
  /** Shows the open project's folder, or a report saved before, in the system's file browser. */
  showInFolder(query: { readonly what: 'project' | 'report' }): Promise<null>;
}

export interface WorkbenchEvents {
  readonly setup: Setup;
  readonly settings: Settings;
  readonly recent: readonly RecentProject[];
  readonly run: RunState;
  readonly earlyConcepts: EarlyConcepts;
  /** Names, groups or comments of a run have changed. */
  readonly result: { readonly runId: string };
  /** A long answer is under way. */
  readonly job: Progress & { readonly job: string; readonly etaSeconds: number | null };
  readonly log: LogLine;
  readonly compute: ComputeState;
  /** Something went wrong that no call can tell of. */
  readonly error: SerializedError;
  /** A menu or the system asks for a screen. */
  readonly navigate: { readonly screen: Screen };
}

/** What a page finds at `window.workbench`. */
export interface WorkbenchBridge {
  readonly host: AppInfo['host'];
  /** Never rejects. */
  readonly call: {
    readonly [Method in keyof WorkbenchApi]: (
      ...args: Parameters<WorkbenchApi[Method]>
    ) => Promise<Result<Awaited<ReturnType<WorkbenchApi[Method]>>>>;
  };
  /** Returns the function that ends the subscription. */
  on<Name extends keyof WorkbenchEvents>(
    event: Name,
    listener: (payload: WorkbenchEvents[Name]) => void,
  ): () => void;
  /**
   * Turns files of one drop or input element into paths for {@link WorkbenchApi.addPaths}.
   *
   * On the desktop `files` are the dropped things themselves (a folder's `DataTransferItem.getAsFile()` included) and
   * nothing is copied. In a browser they are single files, sent to the host; `relativePaths[i]` ("birds/1.jpg", by
   * walking `webkitGetAsEntry()`, or `file.name`) places them, and the paths of the top folders and files come back.
   */
  takeFiles(files: readonly File[], relativePaths: readonly string[]): Promise<Result<readonly string[]>>;
}

declare global {
  interface Window {
    readonly workbench: WorkbenchBridge;
  }
}
