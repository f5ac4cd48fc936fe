import type { OptionReader } from '../concepts/option-table.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { optionsReadBy, type OptionsReadBy, type RunOptions } from '../concepts/run-options.ts';
import { invariant } from '../errors.ts';
import type { Labels } from '../images/labels.ts';
import type { OnProgress, Storage } from '../platform.ts';
import { fingerprintOf, type Json } from '../project/canonical-json.ts';
import type { StageEntry } from '../project/stage-entry.ts';
import type { Score } from '../score/score.ts';
import type { Environment, OpenedDevice } from './environment.ts';
import type { ModelIntake } from './model-intake.ts';
import type { ScoredModel } from './scored-model.ts';
import { modelKey } from './model-key.ts';
import type { Prediction } from './prediction.ts';
import type { FileFact } from './question.ts';
import type { ParentConcept } from './parent-concept.ts';
import type { Share } from './share.ts';
import type { SharedBank } from './shared-bank.ts';

/** What is known of a question, as far as stages declare that they use it. */
export interface Facts {
  /** The model before it is known what is explained. */
  readonly model: ModelIntake;
  readonly intake: ScoredModel;
  readonly device: OpenedDevice;
  readonly labels: Labels;
  readonly layer: LayerRecord;
  readonly classIndex: number;
  /** All pictures that were found. */
  readonly files: readonly FileFact[];
  /** What the model says of them, of those that could be read. */
  readonly answers: readonly Prediction[];
  /** The explained ones, in the order of every later array. */
  readonly images: readonly FileFact[];
  /** The bank of all classes where the run has that, else null. */
  readonly sharedBank: SharedBank | null;
  /** A concept, or a part, that is decomposed, and the cut at which. */
  readonly parent: ParentConcept;
  readonly earlier: LayerRecord;
}
/** Names of the facts that stages declare. */
export type FactName = keyof Facts;

/** What stages are called in fingerprints and in the table of options. */
export type StageName = Exclude<OptionReader, 'question' | 'tree'>;

/** What the work of a stage is done with, whatever the stage. */
export interface StageWork {
  readonly environment: Environment;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
  /** What of it is computed here; absent: all. */
  readonly share?: Share | undefined;
  /** Where its results are kept, in one piece or many. */
  readonly entry: StageEntry;
}

/** A stage of whatever kind, as another names it as its input. */
export interface AnyStage {
  readonly name: StageName;
  readonly inputs: StageInputs;
  readonly facts: readonly FactName[];
  readonly version: number;
  readonly chunk?: number;
  readonly isShared?: boolean;
  readonly label?: (subject: never) => string;
  readonly compute: (context: never, request: never) => Promise<unknown>;
}
type StageInputs = Readonly<Partial<Record<StageName, AnyStage>>>;

type ResultOf<Stage> = Stage extends AnyStage ? Awaited<ReturnType<Stage['compute']>> : never;

/** The facts that a stage is given: its own, and those that its inputs rest on. */
type FactsOf<Stage> = Stage extends { readonly compute: (context: infer Context, request: never) => unknown }
  ? Extract<keyof Context, FactName>
  : never;

/** What a stage is given: what it declares, and nothing else. */
export type StageContext<
  Name extends StageName,
  Fact extends FactName,
  Inputs extends StageInputs = Record<never, never>,
> = StageWork &
  Pick<Facts, Fact> & {
    readonly options: OptionsReadBy<Name>;
    readonly inputs: { readonly [Input in keyof Inputs]: ResultOf<Inputs[Input]> };
  };

/**
 * One step of a run. Its results are stored under a fingerprint of exactly: name and version, the fingerprints of its
 * inputs, the options that the table says it reads, and its facts.
 */
export interface Stage<Name extends StageName, Context, Request, Result> {
  readonly name: Name;
  readonly inputs: StageInputs;
  /** Facts of its own, beside those that its inputs rest on. */
  readonly facts: readonly FactName[];
  /** Raised whenever the stage computes something else from the same inputs. */
  readonly version: number;
  /** Images in a stored piece, for stages that are stored image by image. */
  readonly chunk?: number;
  /** Its pieces may be computed by several processes, each its {@link Share}. @default false */
  readonly isShared?: boolean;
  /** Name of its record and of its folder, where a run has several of its kind. @default its name */
  readonly label?: (subject: Context) => string;
  /** `request`: which of its pieces are wanted, or what follows from its inputs and is at hand; never part of the fingerprint. */
  readonly compute: (context: Context, request: Request) => Promise<Result>;
}

/** Declares a stage; the types of what it is given follow from the declaration. */
export function defineStage<
  Name extends StageName,
  Own extends FactName,
  Inputs extends StageInputs,
  Request,
  Result,
>(
  stage: Stage<Name, StageContext<Name, Own | FactsOf<Inputs[keyof Inputs]>, Inputs>, Request, Result> & {
    readonly inputs: Inputs;
    readonly facts: readonly Own[];
  },
): Stage<Name, StageContext<Name, Own | FactsOf<Inputs[keyof Inputs]>, Inputs>, Request, Result> {
  return stage;
}

/** What names the result of a stage, beside its inputs. */
export interface StageSubject {
  readonly options: RunOptions;
  readonly facts: Partial<Facts>;
}

/** The fingerprint of a stage's result, from those of its inputs; a fact that is declared must be there. */
export function stageFingerprint(
  storage: Pick<Storage, 'sha256'>,
  { name, inputs, facts, version, chunk }: AnyStage,
  { options, facts: values }: StageSubject,
  fingerprintOfInput: (stage: AnyStage) => string,
): string {
  return fingerprintOf(storage, {
    stage: name,
    version,
    chunk,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, stage]) => [input, fingerprintOfInput(stage)]),
    ),
    options: optionsReadBy(name, options) as unknown as Json,
    facts: Object.fromEntries(facts.map((fact) => [fact, factKey(storage, fact, values)])),
  });
}

type FactKeys = {
  readonly [Fact in FactName]: (value: Facts[Fact], storage: Pick<Storage, 'sha256'>) => Json | undefined;
};

/** What of a fact determines results. */
const FACT_KEYS: FactKeys = {
  model: modelKey,
  intake: (intake) => [...modelKey(intake), ...scoreKey(intake.score)],
  device: ({ used }) => used,
  labels: ({ names }) => names,
  layer: ({ tensor }) => tensor,
  classIndex: (index) => index,
  answers: (answers) => answers.map(({ at, index }) => [at, index]),
  files: filesKey,
  images: filesKey,
  sharedBank: (shared) => shared?.fingerprint,
  parent: ({ layer, column, conceptBank, coefficients, inside = [] }, storage) => [
    layer.tensor,
    column,
    [conceptBank.data, ...coefficients.map(({ data }) => data), ...inside].map((array) =>
      storage.sha256(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)),
    ),
  ],
  earlier: ({ tensor }) => tensor,
};

/** A class by itself is known by its index, which is a fact of its own. */
function scoreKey({ explained, rule }: Score): Json[] {
  return explained.kind === 'class' ? [] : [[explained, rule] as unknown as Json];
}

/** Files by their content. */
export function filesKey(files: readonly FileFact[]): Json {
  return files.map(({ path, stamp }) => {
    invariant(stamp !== undefined, `nothing is known of the file ${path}`);
    // By content, so that a touched file is the same; one that cannot be read may be readable another time.
    return [path, stamp.sha256 ?? [stamp.size, stamp.modifiedMs]];
  });
}

function factKey<Fact extends FactName>(
  storage: Pick<Storage, 'sha256'>,
  fact: Fact,
  facts: Partial<Facts>,
): Json | undefined {
  const value = facts[fact];
  invariant(value !== undefined, `the fact ${fact} is not known yet`);
  return FACT_KEYS[fact](value, storage);
}
