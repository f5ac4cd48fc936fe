import type { LayerRecord, SkippedFile } from '../../core/concepts/explanation.ts';
import type { OptionForm, OptionValue } from '../../core/concepts/option-forms.ts';
import type { OptionName, RunOptions } from '../../core/concepts/run-options.ts';
import type { PreprocessingGuess } from '../../core/images/guess-preprocessing.ts';
import type { LabelMisfit } from '../../core/images/labels.ts';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import type { ModelScores, Task } from '../../core/score/model-scores.ts';
import type { PictureId, ProjectId, SerializedError } from './app-data.ts';
import type { ProjectKey, RunSummary } from './run-data.ts';
import type { MarksSummary, TableSummary } from './table-data.ts';

/*
 * Plain data that crosses from the workbench to its views: recent projects and the setup of a run. See contract.ts.
 */

/** A project that was open before. */
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

/** Everything set for the next run; what is not there yet is null. */
export interface Setup {
  /** Another model or project has another key. */
  readonly key: string;
  /** The project as questions about its runs name it; null before it has one. */
  readonly project: ProjectKey | null;
  /** Name of the project; null before a model is given. */
  readonly name: string | null;
  readonly folder: string | null;
  /** Is the folder a copy that a browser sent, and not the one it was dropped from? */
  readonly isCopy: boolean;
  readonly model: ModelSummary | null;
  readonly images: ImageSetSummary | null;
  /** What is known of the images beside what they show. */
  readonly table: TableSummary | null;
  /** Boxes or masks of objects in the images. */
  readonly marks: MarksSummary | null;
  /** Names what the model is asked about; other pictures, another model or preprocessing have another name. */
  readonly asked: string | null;
  readonly options: SetupOptions;
  /** What was refused last, by the part it belongs to; what was set before is kept. */
  readonly problems: Readonly<Partial<Record<SetupPart, SerializedError>>>;
  /** Images that were given where there are some: they wait for the word what becomes of them. */
  readonly offered: {
    readonly count: number;
    readonly names: readonly string[];
    /** Paths of what was given. */
    readonly roots: readonly string[];
  } | null;
  /** Finished and unfinished runs of the project, newest first. */
  readonly runs: readonly RunSummary[];
  /** Runs that were deleted and can be restored, the last one first. */
  readonly deletedRuns: readonly string[];
  /** The unfinished run that is continued when these options are run; null where a new one begins. */
  readonly continuedRun: string | null;
  readonly canUndo: boolean;
}

/** The parts of a setup that can be refused by themselves. */
export type SetupPart =
  'files' | 'model' | 'images' | 'labels' | 'table' | 'marks' | 'preprocessing' | 'options';

/** What is known of a model before it is explained. */
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
  /** Every output of the file. */
  readonly outputs: readonly OutputSummary[];
  /** What the output that is explained says; null where a person has to say, or where there is none. */
  readonly scores: ScoresSummary | null;
  /** Why nothing can be asked of the model yet: `ask` until a person has chosen, `none` for good. Null where it can. */
  readonly open: {
    readonly kind: 'ask' | 'none';
    /** Outputs that could be meant. */
    readonly names: readonly string[];
    readonly problem: SerializedError;
  } | null;
  /** What can be asked for, by index: classes, sides of a number or a likeness, labels and then what each is not. */
  readonly classNames: readonly string[];
  readonly labelsSource: string;
  /** A list of names beside the model that does not fit it and was not taken; null where there is none. */
  readonly labelsMisfit: LabelMisfit | null;
  readonly preprocessing: PreprocessingChoice;
  /** In order of depth. */
  readonly cutPoints: readonly CutPointSummary[];
  /** Why there is none; null where there are some, or where it is not known yet what is explained. */
  readonly noCut: string | null;
  readonly hasFreeBatch: boolean;
}

/** An output of a model: what it seems to be, and why. */
export interface OutputSummary {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  /** "scores", "embedding", "map", … */
  readonly role: string;
  readonly reason: string;
  /** What it may tell of a picture; empty where it cannot be explained. */
  readonly tasks: readonly TaskChoice[];
}

/** What an output may tell of a picture. */
export interface TaskChoice {
  readonly task: Task;
  readonly title: string;
}

/** What the chosen output of a model says; its classes are the model's `classNames`. */
export type ScoresSummary = Omit<ModelScores, 'classes'>;

/** A layer at which a model can be cut. */
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

/** How pictures are made ready for the model, and why so. */
export interface PreprocessingChoice {
  readonly value: Preprocessing;
  readonly source: PreprocessingGuess['source'] | 'chosen';
  readonly reason: string;
  /** Of the values of pixels. */
  readonly presets: readonly string[];
  /** Ways to resize, behind a preset's name and a stroke; without one as ever. */
  readonly resizings: readonly string[];
  /** The preset that does the same as what is in use, if there is one. */
  readonly preset: string | null;
}

/** Fields of a card; those that are absent take the commonest value. */
export type PreprocessingChanges = {
  readonly [Field in keyof Preprocessing]?: Preprocessing[Field] | undefined;
};

/** The pictures of a setup, counted. */
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

/** The options of a run that a person sets one by one; the others are parts of the setup. */
export type SetupOptionName = Exclude<OptionName, 'model' | 'images' | 'class' | 'labels' | 'preprocessing'>;

export type SetupOptions = Pick<RunOptions, SetupOptionName> & {
  /** Index of the class to explain; null before it is chosen. */
  readonly classIndex: number | null;
  /** Of a model of several classes: what speaks against the class is explained. */
  readonly isNot?: true;
};

/** Changes of options; null takes a choice back. */
export type OptionChanges = {
  readonly [Name in keyof SetupOptions]?: Exclude<SetupOptions[Name], undefined> | null;
};

/** An option as a control: how it is called, what it takes and where it stands. */
export interface OptionControl {
  readonly name: SetupOptionName;
  readonly label: string;
  readonly note: string;
  /** Title of the group that it stands in. */
  readonly group: string;
  readonly form: OptionForm;
  /** In sight, folded away, or shown by a panel of its own. */
  readonly visibility: 'plain' | 'advanced' | 'own';
  /** What happens without a value; absent where there is always one. */
  readonly absent?: string;
  /** The value taken when nothing is said. */
  readonly usual?: OptionValue;
}
