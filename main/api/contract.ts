import type { Estimate } from '../../core/concepts/explanation.ts';
import type { OptionValue } from '../../core/concepts/option-forms.ts';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import type { DeviceChoice, Progress } from '../../core/platform.ts';
import type { AblationApi } from './ablation-data.ts';
import type { ColumnsApi } from './columns-data.ts';
import type {
  SerializedError,
  Result,
  DocumentId,
  ProjectId,
  PanelName,
  Screen,
  AppInfo,
  Settings,
  DeviceReport,
  ComputeState,
  LogLine,
} from './app-data.ts';
import type {
  OutputTrial,
  Preview,
  PreprocessingTrial,
  ClassCounts,
  ImageTableQuery,
  ImageTable,
  RunEstimate,
} from './preview-data.ts';
import type {
  RecentProject,
  Setup,
  ModelSummary,
  OptionChanges,
  OptionControl,
  PreprocessingChanges,
} from './setup-data.ts';
import type { ConceptQuery, ConceptTree, DecompositionLayer, DecompositionQuery } from './tree-data.ts';
import type { ComparisonApi } from './comparison-data.ts';
import type { EditModelApi } from './edit-model-data.ts';
import type { EvaluationApi } from './evaluation-data.ts';
import type { ImageApi } from './image-data.ts';
import type { RunInputs } from './input-data.ts';
import type { JobChoice, LongJob } from './job-data.ts';
import type { MapApi } from './map-data.ts';
import type { MarksApi } from './marks-data.ts';
import type { NewImagesApi } from './new-images-data.ts';
import type { EarlyConcepts, RunKey, RunState } from './run-data.ts';
import type { RunResult, ConceptEdit, CropQuery, CropPage, Waterfall, ImageDetail } from './result-data.ts';
import type { CoherenceApi } from './coherence-data.ts';
import type { OwnApi } from './own-data.ts';
import type { StudyApi, StudyKey } from './study-data.ts';
import type { StudyMakingApi } from './study-making-data.ts';
import type { OverviewApi } from './overview-data.ts';
import type { ReportChoice, ReportSection, SavedReport } from './report-data.ts';
import type { ScoreMapApi, ScoreMapNews } from './score-map-data.ts';

/*
 * What a view may ask of the workbench and what the workbench tells it, whatever lies between: Electron's IPC or the
 * loopback host. Types only. Everything is plain data that JSON can carry; pictures and pages are named by ids and
 * fetched from the page's own origin.
 */

export type { DeviceChoice, Estimate, OptionValue, Preprocessing, Progress };

export type * from './app-data.ts';
export type * from './setup-data.ts';
export type * from './preview-data.ts';
export type * from './run-data.ts';
export type * from './job-data.ts';
export type * from './report-data.ts';
export type * from './score-map-data.ts';
export type * from './study-data.ts';
export type * from './study-page-data.ts';
export type * from './result-data.ts';
export type * from './ablation-data.ts';
export type * from './columns-data.ts';
export type * from './table-data.ts';
export type * from './tree-data.ts';
export type * from './evaluation-data.ts';
export type * from './image-data.ts';
export type * from './input-data.ts';
export type * from './map-data.ts';
export type * from './marks-data.ts';
export type * from './coherence-data.ts';
export type * from './own-data.ts';
export type * from './study-making-data.ts';
export type * from './comparison-data.ts';
export type * from './new-images-data.ts';
export type * from './edit-model-data.ts';
export type * from './overview-data.ts';

/** Each method takes one object (or nothing) and may fail with a {@link SerializedError}. */
export interface WorkbenchApi
  extends
    AblationApi,
    CoherenceApi,
    ColumnsApi,
    ComparisonApi,
    EditModelApi,
    EvaluationApi,
    ImageApi,
    MapApi,
    MarksApi,
    NewImagesApi,
    OwnApi,
    OverviewApi,
    ScoreMapApi,
    StudyApi,
    StudyMakingApi {
  getApp(): Promise<AppInfo>;
  getSettings(): Promise<Settings>;
  setSettings(changes: Partial<Settings>): Promise<Settings>;
  listDevices(): Promise<readonly DeviceReport[]>;
  getCompute(): Promise<ComputeState>;
  /** Starts the compute process anew, also after it was given up. */
  restartCompute(): Promise<ComputeState>;
  /** Lines after a number, at most the newest 2000. */
  getLog(query: { readonly after: number }): Promise<readonly LogLine[]>;
  /** The long work that is under way or waits; the event `jobs` tells of changes. */
  listJobs(): Promise<readonly LongJob[]>;
  /** Gives long work up; the calls that wait for it fail with 'cancelled'. */
  cancelJobs(choice: JobChoice): Promise<null>;

  listRecent(): Promise<readonly RecentProject[]>;
  openRecent(query: { readonly id: ProjectId }): Promise<Setup>;
  /** Takes a project off the list; its folder is kept. */
  forgetRecent(query: { readonly id: ProjectId }): Promise<readonly RecentProject[]>;
  openDemo(): Promise<Setup>;

  getSetup(): Promise<Setup>;
  /**
   * Takes what was dropped or chosen: a model, image files and folders, a labels file, a project folder. A model that
   * comes with images begins a new project (event `begun`). Images alone wait in `offered` where there are some, unless
   * it is said what becomes of them. What cannot be used is reported in `problems` and leaves what was set alone; rejects
   * when nothing of it could be used.
   */
  addPaths(query: {
    readonly paths: readonly string[];
    readonly images?: 'add' | 'replace';
    /** What of a drop has no path here: see {@link unusableFiles}. */
    readonly unsent?: readonly { readonly name: string; readonly kind: 'file' | 'folder' }[];
  }): Promise<Setup>;
  /** Those of some files whose names say that they are of no use: they need not be sent. */
  unusableFiles(query: { readonly names: readonly string[] }): Promise<readonly string[]>;
  /** Says what becomes of the images that wait. */
  answerImages(query: { readonly way: 'add' | 'replace' | 'leave' }): Promise<Setup>;
  /** Goes back to before a project was begun, whatever was set in it since. */
  takeBackProject(query: { readonly key: string }): Promise<Setup>;
  /**
   * Opens the system's file dialog and takes what is chosen; the setup as it was when the dialog is closed. A `reference`
   * (a picture) or `references` (a folder of them) is what likeness is explained to.
   */
  chooseFiles(query: {
    readonly what:
      | 'model'
      | 'folders'
      | 'pictures'
      | 'labels'
      | 'table'
      | 'marks'
      | 'marksFolder'
      | 'project'
      | 'reference'
      | 'references';
    readonly images?: 'add' | 'replace';
  }): Promise<Setup>;
  removeImages(query: { readonly root: string }): Promise<Setup>;
  /** Looks whether images came, went or were changed on the disk since. */
  refreshImages(): Promise<Setup>;
  /** An empty setup, for another model. */
  clearSetup(): Promise<Setup>;
  /** A preset's name, fields of a card, or null for what the model's card or a guess says. */
  choosePreprocessing(query: {
    readonly preprocessing: string | PreprocessingChanges | null;
  }): Promise<Setup>;
  /** A labels file, or null for the model's own. */
  chooseLabels(query: { readonly path: string | null }): Promise<Setup>;
  /** The options that a person sets one by one, in the order in which they are shown. */
  listOptions(): Promise<readonly OptionControl[]>;
  setOptions(changes: OptionChanges): Promise<Setup>;
  /** A picture or folder that likeness is explained to, for a model that gives vectors. */
  compareWith(query: { readonly path: string }): Promise<Setup>;
  undoSetup(): Promise<Setup>;
  /** The model again, with the sign of every cut point probed. */
  inspectModel(): Promise<ModelSummary>;
  previewImages(query: { readonly limit: number }): Promise<Preview>;
  /** Every preset on the same few pictures, the likeliest first. */
  comparePreprocessings(): Promise<readonly PreprocessingTrial[]>;
  /** What each output that can be explained says of three pictures, as each task that it may have. */
  previewOutputs(): Promise<readonly OutputTrial[]>;
  /**
   * Runs the model over every image (counts so far by the event `classes`). Whoever asks meanwhile
   * hears the same; a change of pictures, model or preprocessing ends it with 'cancelled'. The run takes answers over.
   */
  predictAll(): Promise<ClassCounts>;
  listImages(query: ImageTableQuery): Promise<ImageTable>;
  estimate(): Promise<RunEstimate>;

  /** Starts the run that the setup describes, or takes up the same one where it was interrupted. */
  startRun(): Promise<RunState>;
  /** Stops after the batch at hand; what is computed is kept. */
  pauseRun(): Promise<RunState>;
  resumeRun(): Promise<RunState>;
  cancelRun(): Promise<RunState>;
  /** The current run, else null. */
  getRun(): Promise<RunState | null>;
  getEarlyConcepts(): Promise<EarlyConcepts | null>;

  /** Gives a run of the open project a name; an empty one takes it back. */
  renameRun(query: RunKey & { readonly name: string }): Promise<Setup>;
  /** Takes a run off the list. It can be restored until the project is left; not while it is under way. */
  deleteRun(query: RunKey): Promise<Setup>;
  restoreRun(query: RunKey): Promise<Setup>;
  /** Fills the setup with the options of a run, to change some and run again. */
  setUpAgain(query: RunKey): Promise<Setup>;

  /** A finished run. */
  getResult(query: RunKey): Promise<RunResult>;
  /** Looks at every file that the run rests on, which takes a while where they are many. */
  getRunInputs(query: RunKey): Promise<RunInputs>;
  listCrops(query: CropQuery): Promise<CropPage>;
  /**
   * A merge computes the concepts together first (long work of the kind `merge`), where that was not done before; given
   * up, nothing is merged.
   */
  editConcept(query: RunKey & { readonly edit: ConceptEdit }): Promise<RunResult>;
  undoEdit(query: RunKey): Promise<RunResult>;
  redoEdit(query: RunKey): Promise<RunResult>;

  getTree(query: RunKey): Promise<ConceptTree>;
  /** The earlier layers at which a concept or part can be decomposed, in order of depth; empty at the first. */
  listDecompositionLayers(query: ConceptQuery): Promise<readonly DecompositionLayer[]>;
  /** Decomposes a concept or part into parts, in the place of those that it has. */
  decomposeConcept(query: DecompositionQuery): Promise<ConceptTree>;

  getImage(query: RunKey & { readonly image: number; readonly method?: string }): Promise<ImageDetail>;
  getWaterfall(query: RunKey & { readonly image: number }): Promise<Waterfall>;

  listReportSections(): Promise<readonly ReportSection[]>;
  /** Makes the report and names the page. */
  previewReport(choice: ReportChoice): Promise<DocumentId>;
  saveReport(choice: ReportChoice): Promise<SavedReport>;
  /** To PDF; a page to print in a browser. */
  printReport(choice: ReportChoice): Promise<SavedReport>;
  /** Shows the open project's folder, or a report saved before, in the system's file browser. */
  showInFolder(query: { readonly what: 'project' | 'report' }): Promise<null>;
}

/** What the workbench sends to its views of its own accord, by name. */
export interface WorkbenchEvents {
  readonly setup: Setup;
  /** A drop has begun a project in the place of what was set; {@link WorkbenchApi.takeBackProject} brings that back. */
  readonly begun: { readonly key: string; readonly name: string; readonly images: number };
  readonly settings: Settings;
  readonly recent: readonly RecentProject[];
  readonly run: RunState;
  readonly earlyConcepts: EarlyConcepts;
  /** Names, groups or comments of a run have changed. */
  readonly result: RunKey;
  /** Something of a study that is served has changed: ask {@link StudyApi.getServedStudy}. */
  readonly study: StudyKey;
  /** What {@link WorkbenchApi.predictAll} has counted so far. */
  readonly classes: ClassCounts;
  /** A map that {@link WorkbenchApi.drawScoreMaps} has drawn. */
  readonly scoreMap: ScoreMapNews;
  /** Long work, whenever some of it has begun, gone on or ended. */
  readonly jobs: readonly LongJob[];
  readonly log: LogLine;
  readonly compute: ComputeState;
  /** Something went wrong that no call can tell of. */
  readonly error: SerializedError;
  /** A menu or the system asks for a screen. */
  readonly navigate: { readonly screen: Screen };
  /** A menu asks for a panel. */
  readonly panel: { readonly panel: PanelName };
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
