import type { RunOptions } from '../../core/concepts/run-options.ts';
import type { Box, Explanation, SkippedFile } from '../../core/concepts/explanation.ts';
import type { EditProof } from '../../core/editing/edit-proof.ts';
import type { FolderScan, ImageFile } from '../../core/images/folder-scan.ts';
import type { LabelShift } from '../../core/images/label-shift.ts';
import type { Labels } from '../../core/images/labels.ts';
import type { AlphaHandling, DeviceChoice, DeviceName, Progress } from '../../core/platform.ts';
import type { Trial } from '../../core/runtime/device-trial.ts';
import type { Study } from '../../core/study/study.ts';
import type {
  AlikeCrop,
  CheckNumber,
  ClassScore,
  CoherenceAnswer,
  CoherenceCheck,
  ConceptCoherence,
  ConceptCostList,
  ConceptDependence,
  ConceptEdit,
  ConceptFactors,
  CropPage,
  CropQuery,
  ConceptTree,
  DamagedStudy,
  DeviceReport,
  ImageAblation,
  ConceptMapPlane,
  ErrorAnalysis,
  ExportFile,
  ImageGroupsView,
  ImageMap,
  MapImages,
  MapQuery,
  EditFrontier,
  EditSearchScope,
  ModelEdit,
  SavedPackage,
  ImageDetail,
  ImageCounterfactual,
  ModelSummary,
  OutputTrial,
  MadeStudy,
  OwnConceptList,
  OwnConceptQuery,
  OverviewView,
  PairView,
  PictureId,
  Preprocessing,
  PreprocessingTrial,
  Preview,
  ReportChoice,
  RunAblation,
  RunColumns,
  RunComparison,
  RunEstimate,
  FrontierView,
  RunEvaluation,
  ImageStrengths,
  RunImages,
  RunImagesQuery,
  RunInputs,
  WhyNot,
  RunKey,
  RunResult,
  RunSummary,
  DecompositionLayer,
  DecompositionQuery,
  SerializedError,
  StudyConditionItem,
  StudyFindings,
  StudyMakingApi,
  StudyPlan,
  StudySummary,
  ScoredImages,
  ScoreMaps,
  MarksSummary,
  RunObjects,
  TableSummary,
  Waterfall,
} from '../api/contract.ts';
import type { EvaluationLevel, RankCurve } from '../../core/metrics/evaluation.ts';
import type { MapsQuestion } from '../../core/pipeline/score-maps.ts';
import type { AskedOutput } from '../../core/pipeline/choose-output.ts';
import type { RecordedModel } from '../../core/pipeline/model-intake.ts';
import type { PictureName } from './picture-ids.ts';
import type { NotesChange } from '../../core/project/changed-notes.ts';
import type { NotesFile } from '../../core/project/run-notes.ts';

/** A model file and what a person chose for it. */
export interface ModelQuestion extends AskedOutput {
  readonly path: string;
  readonly labels?: string;
  /** What the project holds of the labels file, taken where it is gone. */
  readonly keptLabels?: Labels;
  readonly labelShift?: LabelShift;
  /** A preset's name or a JSON file. */
  readonly preprocessing?: string;
  readonly alpha?: AlphaHandling;
  /** As a run had it. */
  readonly recorded?: RecordedModel;
}

/** A model and the pictures to run it on. */
interface PicturesQuestion extends ModelQuestion {
  readonly images: readonly ImageFile[];
  /** Names of their pictures, for the answer. */
  readonly pictures?: readonly PictureId[];
}

/** A project folder. */
export interface ProjectQuestion {
  readonly folder: string;
  /** Stands for the folder in names of pictures. */
  readonly key: string;
}

type InFolder = Pick<ProjectQuestion, 'folder'>;

/** What a study says; the page of it is a file. */
export type FoundInStudy = Pick<StudyFindings, 'headline' | 'cautions' | 'participants'>;

/** A run of a project folder. */
export interface RunQuestion extends ProjectQuestion {
  readonly runId: string;
}

/** A run as a process that keeps no history of edits knows it. */
export type RunView = Omit<RunResult, 'undo' | 'redo'>;

/** A run after a change of its notes: all that views show of it. */
export interface EditedRun {
  readonly result: RunView;
  readonly tree: ConceptTree;
  /** Of the run's files as they were read; see run-stamp.ts. */
  readonly stamp: string;
  /** The notes before the change, and after it. */
  readonly before: NotesFile;
  readonly after: NotesFile;
  /** Are they the same after it? */
  readonly isSame: boolean;
}

/** What the model says of all images: one prediction an image that could be read. */
export interface Predictions {
  /** Index into the images of the question. */
  readonly images: readonly number[];
  readonly predicted: readonly ClassScore[];
  /** Of a model of several labels: those that hold, by index. */
  readonly held?: readonly (readonly number[])[];
  readonly skipped: readonly SkippedFile[];
}

/** A run to make in a project's folder. */
export interface ExplainQuestion {
  readonly folder: string;
  /** Every choice, defaults included. */
  readonly options: RunOptions;
  readonly command: string;
}

/** A picture to make, as a JPEG; `side` is its longer side in pixels. */
export type PictureQuestion = { readonly side: number } & (
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'fitted'; readonly file: string; readonly preprocessing: Preprocessing }
  | {
      readonly kind: 'crop';
      readonly file: string;
      readonly preprocessing: Preprocessing;
      readonly box: Box;
    }
  | (RunQuestion & { readonly kind: 'run'; readonly name: RunPictureName })
);
/** A picture of a run. */
export type RunPictureName = Exclude<PictureName, { readonly kind: 'file' | 'fitted' }>;

/** A picture of a run by its index, or any other by its path. */
export type AblatedPicture = number | { readonly file: string };

/** Two runs to compare. */
export interface ComparedQuestion {
  readonly a: RunQuestion;
  readonly b: RunQuestion;
}

/** New images in the terms of a run, as columns over the n images that could be read; concepts are in the order of the run. */
export interface ScoredColumns extends Pick<
  ScoredImages,
  | 'concepts'
  | 'className'
  | 'compared'
  | 'drifted'
  | 'fewest'
  | 'falseDiscoveryRate'
  | 'mostRest'
  | 'restImages'
  | 'skipped'
  | 'skippedCount'
> {
  readonly preprocessing: Preprocessing;
  readonly files: readonly ImageFile[];
  readonly predicted: readonly ClassScore[];
  readonly isExplained: Uint8Array;
  readonly score: Float64Array;
  readonly ofConcepts: Float64Array;
  readonly rest: Float64Array;
  /** [n, r] */
  readonly amounts: Float32Array;
  readonly contributions: Float32Array;
}

/** An edited model that was written, and what it does. */
export interface TriedEdit {
  readonly proof: EditProof;
  readonly preprocessing: Preprocessing;
  /** Files that the model needs beside it. */
  readonly beside: readonly string[];
  /** Where each decision that changed (fixed, broken, otherwise, of each set) is among the images of the run, else null. */
  readonly places: readonly (number | null)[];
}

/** Everything the compute process can be asked; arguments and results are plain data. */
export interface ComputeJobs {
  openModel(question: ModelQuestion & { readonly probeSigns: boolean }): Promise<ModelSummary>;
  /** Rejects faults of options that are known before anything is computed. */
  checkOptions(question: { readonly model: ModelQuestion; readonly options: RunOptions }): Promise<null>;
  scanImages(question: { readonly roots: readonly string[] }): Promise<FolderScan>;
  /** As `scanImages`; what is wrong with each root that holds no picture is in `skipped`. */
  lookForImages(question: { readonly roots: readonly string[] }): Promise<FolderScan>;
  previewImages(question: PicturesQuestion): Promise<Preview>;
  comparePreprocessings(question: PicturesQuestion): Promise<readonly PreprocessingTrial[]>;
  previewOutputs(question: PicturesQuestion): Promise<readonly OutputTrial[]>;
  /** Tells of the answers as they come; keeps them in the cache of the program, and touches no project. */
  predictAll(
    question: PicturesQuestion & { readonly cache: string; readonly device: DeviceChoice },
  ): Promise<Predictions>;
  /** Tells of the maps as they come, and writes a page of them to `page`, also when it is stopped. */
  drawScoreMaps(
    question: PicturesQuestion & {
      readonly maps: MapsQuestion;
      readonly device: DeviceChoice;
      readonly page: string;
    },
  ): Promise<ScoreMaps>;
  estimate(
    question: PicturesQuestion & { readonly options: RunOptions; readonly selected?: number },
  ): Promise<RunEstimate>;
  /** Takes answers of {@link predictAll} over. `stages`: names of those whose results the run keeps. */
  explain(
    question: ExplainQuestion & { readonly cache: string },
  ): Promise<{ readonly runId: string; readonly resumed: boolean; readonly stages: readonly string[] }>;
  probeDevices(question: Record<never, never>): Promise<readonly DeviceReport[]>;
  tryDevice(question: { readonly device: DeviceName }): Promise<Trial>;

  listRuns(question: Omit<RunQuestion, 'runId'>): Promise<readonly RunSummary[]>;
  renameRun(question: RunQuestion & { readonly name: string }): Promise<null>;
  /** Takes a run off the list, or puts a deleted one back. */
  deleteRun(question: RunQuestion): Promise<null>;
  restoreRun(question: RunQuestion): Promise<null>;
  /** Removes the files of deleted runs; they cannot be restored any more. */
  carryOutDeletions(question: Pick<RunQuestion, 'folder'>): Promise<null>;
  readResult(question: RunQuestion): Promise<RunView>;
  readInputs(question: RunQuestion): Promise<RunInputs>;
  /**
   * Computes of the concepts that an edit merges what is not known of them together, and keeps it with the run; and with
   * all runs of its bank.
   */
  computeMerge(question: RunQuestion & { readonly edit: ConceptEdit }): Promise<null>;
  /** Computes what is missing of merged concepts of a bank for the classes of its overview. */
  computeBankMerges(question: ProjectQuestion & { readonly bank: string }): Promise<OverviewView | null>;
  /** One change of what a person made of the concepts, alone in the project; what it merges must have been computed. */
  editConcept(question: RunQuestion & { readonly edit: ConceptEdit }): Promise<EditedRun>;
  /** Makes a change of the notes back or again: an undo or redo. */
  changeNotes(question: RunQuestion & NotesChange): Promise<EditedRun>;
  listCrops(question: Omit<CropQuery, 'project'> & RunQuestion): Promise<CropPage>;
  listCoherence(question: RunQuestion): Promise<readonly ConceptCoherence[]>;
  drawCoherenceCheck(question: RunQuestion & Pick<CheckNumber, 'size'>): Promise<CoherenceCheck>;
  answerCoherenceSet(question: RunQuestion & Omit<CoherenceAnswer, keyof RunKey>): Promise<boolean>;
  listStudyConditions(question: undefined): Promise<readonly StudyConditionItem[]>;
  estimateStudyPower(
    question: Parameters<StudyMakingApi['estimateStudyPower']>[0],
  ): ReturnType<StudyMakingApi['estimateStudyPower']>;
  /** Draws a study and freezes it. */
  makeStudy(
    question: InFolder & { readonly title: string; readonly consent: string; readonly plan: StudyPlan },
  ): Promise<MadeStudy>;
  /** Writes the page of findings to `path`, as the next does. */
  rehearseStudy(
    question: InFolder & { readonly plan: StudyPlan; readonly path: string },
  ): Promise<FoundInStudy & Pick<StudyFindings, 'notes'>>;
  analyseStudy(question: InFolder & { readonly study: string; readonly path: string }): Promise<FoundInStudy>;
  /** Writes a study with its answers and their analysis as a ZIP file. */
  packStudyTables(question: InFolder & { readonly study: string; readonly path: string }): Promise<null>;
  listOwnConcepts(question: RunQuestion): Promise<OwnConceptList>;
  /** Keeps it with the run, and with its bank. */
  makeOwnConcept(question: RunQuestion & Omit<OwnConceptQuery, keyof RunKey>): Promise<OwnConceptList>;
  /** Computes what an own concept of the bank is in the run, and keeps it with that. */
  computeOwnConcept(question: RunQuestion & { readonly concept: string }): Promise<OwnConceptList>;
  showOwnConcept(
    question: RunQuestion & { readonly concept: string; readonly isShown: boolean },
  ): Promise<OwnConceptList>;
  findAlikeCrops(
    question: RunQuestion & { readonly image: number; readonly box: Box; readonly limit: number },
  ): Promise<readonly AlikeCrop[]>;
  readTree(question: RunQuestion): Promise<ConceptTree>;
  listDecompositionLayers(
    question: RunQuestion & { readonly concept: string },
  ): Promise<readonly DecompositionLayer[]>;
  decompose(question: RunQuestion & Omit<DecompositionQuery, keyof RunKey>): Promise<null>;
  listRunImages(question: Omit<RunImagesQuery, 'project'> & RunQuestion): Promise<RunImages>;
  whyNot(question: RunQuestion & { readonly image: number; readonly other: number }): Promise<WhyNot>;
  measureImages(question: RunQuestion): Promise<ImageStrengths>;
  /** What a table says of some images. */
  readTable(question: {
    readonly path: string;
    readonly images: readonly ImageFile[];
  }): Promise<TableSummary>;
  /** Makes a project remember a table, or none. */
  rememberTable(question: Pick<RunQuestion, 'folder'> & { readonly path: string | null }): Promise<null>;
  readColumns(question: RunQuestion): Promise<RunColumns | null>;
  /** Which of some images boxes or masks are of. */
  readMarks(question: {
    readonly path: string;
    readonly images: readonly ImageFile[];
  }): Promise<MarksSummary>;
  /** Makes a project remember boxes or masks, or none. */
  rememberMarks(question: Pick<RunQuestion, 'folder'> & { readonly path: string | null }): Promise<null>;
  readObjects(question: RunQuestion): Promise<RunObjects | null>;
  /** Keeps what is measured, and the map, in the project's cache. */
  mapImages(question: RunQuestion & Omit<MapQuery, keyof RunKey>): Promise<ImageMap>;
  mapConcepts(question: RunQuestion): Promise<ConceptMapPlane>;
  groupImages(question: RunQuestion & { readonly images: MapImages }): Promise<ImageGroupsView>;
  readAmounts(
    question: RunQuestion & { readonly images: MapImages; readonly concept: string },
  ): Promise<readonly number[]>;
  /** Writes to `path`. */
  exportRun(question: RunQuestion & { readonly file: ExportFile; readonly path: string }): Promise<null>;
  exportPaths(
    question: RunQuestion & { readonly images: readonly number[]; readonly path: string },
  ): Promise<null>;
  readImage(
    question: RunQuestion & { readonly image: number; readonly method?: string },
  ): Promise<ImageDetail>;
  waterfall(question: RunQuestion & { readonly image: number }): Promise<Waterfall>;
  ablateImage(
    question: RunQuestion & { readonly image: AblatedPicture; readonly factors: ConceptFactors },
  ): Promise<ImageAblation>;
  findCounterfactual(
    question: RunQuestion & { readonly image: AblatedPicture; readonly target?: number },
  ): Promise<ImageCounterfactual>;
  ablateRun(question: RunQuestion & { readonly factors: ConceptFactors }): Promise<RunAblation>;
  dependence(question: RunQuestion): Promise<readonly ConceptDependence[]>;
  readEvaluation(question: RunQuestion): Promise<RunEvaluation>;
  evaluateRun(question: RunQuestion & { readonly level: EvaluationLevel }): Promise<RunEvaluation>;
  errorAnalysis(question: RunQuestion): Promise<ErrorAnalysis>;
  /** By the bank used last unless one is named; null where no run has one that other classes have too. */
  readOverview(question: ProjectQuestion & { readonly bank?: string }): Promise<OverviewView | null>;
  explainPair(
    question: ProjectQuestion & {
      readonly bank?: string;
      readonly truth: number;
      readonly predicted: number;
    },
  ): Promise<PairView>;
  /** Writes the report of a whole model to `path`. */
  writeOverview(
    question: ProjectQuestion & { readonly bank?: string; readonly path: string },
  ): Promise<string>;
  rankOfRun(question: RunQuestion): Promise<RankCurve>;
  /** For a run that these options would make; project.json is as it was, or not there. */
  rankOfOptions(question: Omit<ExplainQuestion, 'command'> & { readonly cache: string }): Promise<RankCurve>;
  /** For such a run too; null where there is nothing to compare. */
  frontierOfOptions(
    question: Omit<ExplainQuestion, 'command'> & { readonly cache: string },
  ): Promise<FrontierView | null>;
  compareRuns(question: ComparedQuestion): Promise<RunComparison>;
  /** Writes the comparison as a page. */
  writeComparison(question: ComparedQuestion & { readonly path: string }): Promise<null>;
  /** Writes a table of the images to `table`. */
  scoreImages(
    question: RunQuestion & { readonly roots: readonly string[]; readonly table: string },
  ): Promise<ScoredColumns>;
  /** Makes an edited model, judges it, and writes it to `path`. */
  tryEdit(question: RunQuestion & ModelEdit & { readonly path: string }): Promise<TriedEdit>;
  /** Looks for the edit that mends most and breaks least. */
  searchEdits(question: RunQuestion & EditSearchScope): Promise<EditFrontier>;
  countConceptCosts(question: RunQuestion & Pick<ModelEdit, 'heldOut'>): Promise<ConceptCostList>;
  /** Writes an audit package to `path`, a ZIP file whose one folder is called `name`. */
  writePackage(
    question: RunQuestion & {
      readonly edit: ModelEdit | null;
      readonly path: string;
      readonly name: string;
    },
  ): Promise<Pick<SavedPackage, 'withoutMonitor'>>;
  /** Writes the model of {@link tryEdit} that lies at `edited` to where a person wants it. */
  saveEdited(
    question: Pick<RunQuestion, 'folder'> & { readonly edited: string; readonly path: string },
  ): Promise<null>;
  /** Writes what an edit does as a page; `file`: what the edited model is called on it. */
  writeEditPage(
    question: Pick<TriedEdit, 'proof' | 'preprocessing'> & { readonly file: string; readonly path: string },
  ): Promise<null>;
  writeReport(
    question: Omit<ReportChoice, 'project'> & RunQuestion & { readonly path: string },
  ): Promise<string>;
  /** Looks whether each still stands, which means reading its runs and pictures. */
  listStudies(question: ProjectQuestion): Promise<readonly (StudySummary | DamagedStudy)[]>;
  /** A study that still stands; `folder` is its own. */
  openStudy(
    question: Pick<RunQuestion, 'folder'> & { readonly study: string },
  ): Promise<{ readonly study: Study; readonly sha256: string; readonly folder: string }>;
  /** Deletes what a participant answered, of a study that is not served. */
  withdrawParticipant(
    question: Pick<RunQuestion, 'folder'> & { readonly study: string; readonly participant: number },
  ): Promise<null>;
  /** Writes the picture to `path`. */
  makePicture(question: { readonly picture: PictureQuestion; readonly path: string }): Promise<null>;
}

/** What a compute process can be asked. */
export type JobName = keyof ComputeJobs;
/** What a job is asked with. */
export type JobQuestion<Name extends JobName> = Parameters<ComputeJobs[Name]>[0];
/** What a job answers with. */
export type JobAnswer<Name extends JobName> = Awaited<ReturnType<ComputeJobs[Name]>>;

/** What a run reports before its end. */
export type RunNews =
  | ({ readonly kind: 'predictions' } & Predictions)
  /** One map. */
  | { readonly kind: 'score-map'; readonly found: ScoreMaps }
  | { readonly kind: 'started'; readonly runId: string; readonly resumed: boolean }
  | { readonly kind: 'device'; readonly used: DeviceName; readonly fallbackReasons: readonly string[] }
  | ({
      readonly kind: 'concepts';
      readonly runId: string;
      readonly crops: readonly EarlyCrops[];
      /** Of so many images these are some, for a first look: the run's own concepts follow. */
      readonly of?: number;
    } & EarlyImages);

/** The images of a run that has not ended, in its order, and how it reads them. */
export interface EarlyImages {
  readonly files: readonly string[];
  readonly preprocessing: Preprocessing;
}

/** The strongest places of a concept, before its importance is known. */
interface EarlyCrops {
  readonly id: string;
  readonly crops: Explanation['concepts'][number]['crops'];
}

/** What is sent to a compute process. */
export type ToCompute =
  | { readonly type: 'job'; readonly id: number; readonly name: JobName; readonly question: unknown }
  /** Stop between two batches; the job fails with 'cancelled'. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'trial'; readonly id: number; readonly trial: Trial }
  | { readonly type: 'ping' };

/** What a compute process sends back. */
export type FromCompute =
  | { readonly type: 'ready' }
  | { readonly type: 'pong' }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'news'; readonly id: number; readonly news: RunNews }
  /** Try a device in a process that may die; answered by `trial`. */
  | { readonly type: 'try-device'; readonly id: number; readonly device: DeviceName }
  | { readonly type: 'done'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: SerializedError };
