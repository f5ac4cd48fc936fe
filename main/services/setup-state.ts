import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  CRAFT_DEFAULTS,
  DEFAULT_OPTIONS,
  usualOptions,
  type RunOptions,
} from '../../core/concepts/run-options.ts';
import { TesseraError } from '../../core/errors.ts';
import { classOfFolder } from '../../core/images/find-class.ts';
import type { FolderScan } from '../../core/images/folder-scan.ts';
import type {
  ImageSetSummary,
  MarksSummary,
  ModelSummary,
  OptionChanges,
  SetupOptions,
  SerializedError,
  Setup,
  SetupPart,
  TableSummary,
} from '../api/contract.ts';
import { chooseScore, type AskedScore } from '../../core/concepts/class-question.ts';
import type { ModelScores } from '../../core/score/model-scores.ts';
import { askedName } from '../../core/wording/score-words.ts';
import { SETUP_OPTIONS } from '../api/setup-options.ts';
import { projectName } from './project-name.ts';
import type { ModelQuestion, Predictions } from '../compute/protocol.ts';
import { shownName } from '../../core/wording/shown-name.ts';

/** What a person has set; replaced as a whole at every change, so that an undo is a look back. */
export interface SetupState {
  /** Another model or project has another key. */
  readonly key: string;
  readonly folder: string | null;
  readonly question: ModelQuestion | null;
  readonly model: ModelSummary | null;
  readonly roots: readonly string[];
  readonly scan: FolderScan | null;
  /** Names the scan in names of pictures. */
  readonly scanKey: string;
  readonly table: TableSummary | null;
  readonly marks: MarksSummary | null;
  readonly options: SetupOptions;
  /** What the model says of the scan, once it was asked. */
  readonly predictions: Predictions | null;
  readonly problems: Readonly<Partial<Record<SetupPart, SerializedError>>>;
}

/** A setup without model and pictures, every option at its default. */
export function emptySetup(key: string, device: SetupOptions['device']): SetupState {
  return {
    key,
    folder: null,
    question: null,
    model: null,
    roots: [],
    scan: null,
    scanKey: key,
    table: null,
    marks: null,
    options: { ...DEFAULT_OPTIONS, classIndex: null, device },
    predictions: null,
    problems: {},
  };
}

/**
 * Names what the model is asked about: other pictures, another model or preprocessing have another name. Null while
 * there is nothing to ask.
 */
export function askedOf({ question, scan, scanKey }: SetupState): string | null {
  if (question === null || scan === null) return null;
  return createHash('sha256')
    .update(JSON.stringify([scanKey, question]))
    .digest('hex')
    .slice(0, 16);
}

/** What a project holds of runs. */
export type Explained = Pick<Setup, 'project' | 'runs' | 'deletedRuns' | 'continuedRun'>;

/** The setup as views see it, but for images that wait. */
export function setupOf(
  state: SetupState,
  explained: Explained,
  canUndo: boolean,
): Omit<Setup, 'offered' | 'isCopy'> {
  const { key, folder, model, table, marks, options, problems } = state;
  const name = folder === null ? null : projectName(folder);
  const [images, asked] = [imagesOf(state), askedOf(state)];
  return { key, name, folder, model, images, table, marks, asked, options, problems, canUndo, ...explained };
}

function imagesOf({ scan, roots, model }: SetupState): ImageSetSummary | null {
  if (scan === null) return null;
  const countOf = new Map<string, number>();
  const inFolder = new Map<string, number>();
  for (const { root, folder } of scan.images) {
    countOf.set(root, (countOf.get(root) ?? 0) + 1);
    const name = folder === '' ? path.basename(root) : folder;
    inFolder.set(name, (inFolder.get(name) ?? 0) + 1);
  }
  return {
    roots: roots.map((root) => ({
      path: root,
      name: shownName(path.basename(root)),
      count: countOf.get(root) ?? 0,
    })),
    count: scan.images.length,
    skipped: scan.skipped,
    otherFiles: scan.otherFiles,
    folders: [...inFolder].map(([name, count]) => ({
      name,
      count,
      classIndex: (model && classOfFolder(model.classNames, name)) ?? null,
    })),
  };
}

/** Options after changes; null takes a choice back. What was left as usual remains so when `craft` changes what is. */
export function changedOptions(options: SetupOptions, changes: OptionChanges): SetupOptions {
  const craft = changes.craft === undefined ? options.craft : (changes.craft ?? DEFAULT_OPTIONS.craft);
  const sharing = changes.sharing === undefined ? options.sharing : (changes.sharing ?? undefined);
  const before: Partial<RunOptions> = usualOptions(options);
  const after: Partial<RunOptions> = usualOptions({ craft, sharing });
  const following = SETUP_OPTIONS.filter((name) => name in CRAFT_DEFAULTS && options[name] === before[name]);
  const given = Object.entries(changes).map(([name, value]): [string, unknown] => [
    name,
    // No class is a state of the setup; what else has no usual value is then not there.
    value === null && name !== 'classIndex' ? after[name as keyof RunOptions] : value,
  ]);
  const entries = Object.entries({
    ...options,
    ...Object.fromEntries(following.map((name) => [name, after[name]])),
    ...Object.fromEntries(given),
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as SetupOptions;
}

/** The options that the pipeline takes; `class` is any where none is chosen yet. */
export function explainOptionsOf({ question, roots, options }: SetupState): RunOptions {
  if (question === null) throw missing('a model', 'Drop an .onnx file, or open the demo.');
  const { classIndex, isNot, ...rest } = options;
  return {
    ...rest,
    model: question.path,
    images: roots,
    class: classIndex === null ? 'all' : `${isNot ? 'not ' : ''}${classIndex}`,
    ...(question.labels !== undefined && { labels: question.labels }),
    ...(question.preprocessing !== undefined && { preprocessing: question.preprocessing }),
  };
}

/** 'bad-usage' for what is not there yet, and what to do about it. */
export function missing(what: string, hint: string): TesseraError {
  return new TesseraError('bad-usage', `This needs ${what}.`, { hint });
}

/** Options that say how a model is opened: its question has them, too. */
export const MODEL_OPTIONS = ['alpha', 'labelShift', 'output', 'task', 'threshold'] as const;

/** Those of some options that are a part of the model's question. */
export function modelOptions(
  options: Pick<RunOptions, (typeof MODEL_OPTIONS)[number]>,
  names: readonly (typeof MODEL_OPTIONS)[number][],
): Partial<ModelQuestion> {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/**
 * Another output or task says other things, at other layers, and another kind of concepts has other numbers: what was chosen of
 * the one is not taken for the other.
 */
export function withDependent(asked: OptionChanges): OptionChanges {
  // How many concepts a place has is a number of sparse ones.
  const isUsual = asked.bank !== undefined && asked.bank !== 'sparse';
  const changes = {
    ...(isUsual && { active: null }),
    // What is usual of them depends on whose the concepts are.
    ...(asked.sharing !== undefined && { concepts: null, refine: null }),
    ...asked,
  };
  if (changes.output === undefined && changes.task === undefined) return changes;
  return {
    ...{ classIndex: null, isNot: null, against: null, reference: null, threshold: null, layer: null },
    ...(changes.output !== undefined && { task: null }),
    ...changes,
  };
}

/** What is known of a model's answers. */
type AnsweringModel = Pick<ModelSummary, 'scores' | 'classNames'>;

/** What the chosen output of a model says; undefined where none is chosen. */
function modelScoresOf({ scores, classNames }: AnsweringModel): ModelScores | undefined {
  if (scores === null) return undefined;
  const { task } = scores;
  const own = { multiclass: 1, binary: 1, multilabel: 0.5, regression: 0, embedding: 0 }[task];
  return { ...scores, classes: classNames.slice(0, own * classNames.length) };
}

/** What a setup is about, for people; null while nothing is chosen. */
export function askedNameOf({ model, options }: SetupState): string | null {
  const { classIndex } = options;
  const name = classIndex === null ? undefined : model?.classNames[classIndex];
  return name === undefined ? null : askedName(name, options);
}

/**
 * The options that a run was made with; `model` where it could be opened. A class that is not among what can be asked of
 * it is not chosen.
 */
export function optionsOfRun(run: RunOptions, model: AnsweringModel | null): SetupOptions {
  const chosen = SETUP_OPTIONS.filter((name) => run[name] !== undefined).map((name) => [name, run[name]]);
  return {
    ...(Object.fromEntries(chosen) as Omit<SetupOptions, 'classIndex' | 'isNot'>),
    ...classOf(run, model),
  };
}

function classOf(
  run: RunOptions,
  model: AnsweringModel | null,
): Pick<SetupOptions, 'classIndex' | 'isNot' | 'select'> {
  const { class: query, select } = run;
  if (model === null) return { classIndex: /^\d+$/.test(query) ? Number(query) : null, select };
  const scores = modelScoresOf(model);
  if (scores === undefined) return { classIndex: null, select };
  try {
    // What it is compared with is an option by itself.
    const compared = scores.task === 'embedding' ? { reference: run.reference ?? '' } : {};
    const asked = chooseScore(scores, { class: query, select, ...compared });
    const isNot = asked.explained.kind === 'not';
    return {
      classIndex: indexOf(asked.explained, scores),
      ...(isNot && { isNot }),
      select: asked.select,
    };
  } catch (error) {
    if (error instanceof TesseraError) return { classIndex: null, select };
    throw error;
  }
}

/** Place among the names that can be asked for. */
function indexOf(explained: AskedScore, { classes }: ModelScores): number {
  switch (explained.kind) {
    case 'class':
    case 'margin':
    case 'not':
      return explained.index;
    case 'similarity':
      return explained.side;
    case 'side':
      return explained.label === undefined
        ? explained.side
        : explained.label + (explained.side === 1 ? 0 : classes.length);
  }
}
