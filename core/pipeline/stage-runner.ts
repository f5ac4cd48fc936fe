import type { RunOptions } from '../concepts/run-options.ts';
import { BugError } from '../errors.ts';
import type { Project } from '../project/project-folder.ts';
import { openStageEntry, type StageEntry } from '../project/stage-entry.ts';
import type { StageStore } from '../project/stage-store.ts';
import type { Environment } from './environment.ts';
import { NO_SHARE, PiecesMissing } from './share.ts';
import { stageFingerprint, type AnyStage, type FactName, type Facts, type StageWork } from './stage.ts';

/** Where stages run, and who hears of it. */
export interface StageSetting extends Omit<StageWork, 'entry'> {
  readonly project: CachePlace;
}

/** The folder below which results of stages are kept: that of a project, or one in the place of a project to be. */
export type CachePlace = Pick<Project, 'storage' | 'folder'>;

/** Opens a stage's stored results and does its work on them. */
type Keep = StageStore['stage'];

/** A stage of an earlier run: its fingerprint, and its result where that is at hand. */
export interface KnownStage {
  readonly stage: AnyStage;
  readonly fingerprint: string;
  readonly value?: unknown;
}

/** A stage that can run with the facts at hand. */
interface Runnable<Fact extends FactName, Request, Result> extends AnyStage {
  readonly compute: (
    context: StageWork & Pick<Facts, Fact> & { readonly options: RunOptions; readonly inputs: never },
    request: Request,
  ) => Promise<Result>;
}

/** The stages of one question, each with its inputs before it, and each once. */
export interface Stages<Fact extends FactName> {
  /** The result of a stage, as stored or computed now. */
  get<Result>(stage: Runnable<Fact, void, Result>): Promise<Result>;
  get<Request, Result>(stage: Runnable<Fact, Request, Result>, request: Request): Promise<Result>;
  /** As `get`, without a record in the run. */
  peek<Result>(stage: Runnable<Fact, void, Result>): Promise<Result>;
  peek<Request, Result>(stage: Runnable<Fact, Request, Result>, request: Request): Promise<Result>;
  /**
   * Computes the pieces of a stage that are this process's share, and reads none; those that are missing then, others'.
   * For stages whose pieces may be shared.
   */
  fill(stage: Runnable<Fact, void, unknown>): Promise<PiecesMissing>;
  /** Where the results of a stage are kept, without its record in the run. */
  entryOf(stage: AnyStage): Promise<StageEntry>;
  /** What names the result of a stage; every fact that it rests on must be known. */
  fingerprintOf(stage: AnyStage): string;
  /** The same stages where more is known of the question. */
  about<More extends FactName>(facts: Pick<Facts, More>): Stages<Fact | More>;
  /** The same stages with other options. */
  given(options: Partial<RunOptions>): Stages<Fact>;
}

/**
 * Opens the stages of a question. `keep` is a run's own record of its stages; without it results are only stored.
 * `known` stages of an earlier run keep the fingerprints that it recorded.
 */
export function openStages<Fact extends FactName>(
  setting: StageSetting,
  facts: Pick<Facts, Fact>,
  options: RunOptions,
  { keep, known = [] }: { readonly keep?: Keep; readonly known?: readonly KnownStage[] } = {},
): Stages<Fact> {
  const quietly = unrecorded(setting.project, setting.environment.warn);
  const subject = {
    setting,
    known,
    keep: keep ?? quietly,
    quietly,
    results: new Map<string, Promise<unknown>>(),
  };
  return stagesOf<Fact>(subject, facts, options);
}

interface Subject {
  readonly setting: StageSetting;
  readonly known: readonly KnownStage[];
  readonly keep: Keep;
  readonly quietly: Keep;
  /** By name and fingerprint: what is an input further on, or asked for again without a request. */
  readonly results: Map<string, Promise<unknown>>;
}

function unrecorded(project: CachePlace, warn: Environment['warn']): Keep {
  return async (name, fingerprint, work) => work(await openStageEntry(project, name, fingerprint, warn));
}

function stagesOf<Fact extends FactName>(
  subject: Subject,
  facts: Partial<Facts>,
  options: RunOptions,
): Stages<Fact> {
  const { setting, known, keep, quietly, results } = subject;
  const { environment, onProgress, signal, share } = setting;
  const fingerprints = new Map<AnyStage, string>(known.map(({ stage, fingerprint }) => [stage, fingerprint]));
  const fingerprintOf = (stage: AnyStage): string => {
    const found =
      fingerprints.get(stage) ??
      stageFingerprint(environment.storage, stage, { options, facts }, fingerprintOf);
    fingerprints.set(stage, found);
    return found;
  };
  const inputsOf = async (stage: AnyStage): Promise<Record<string, unknown>> => {
    const inputs: Record<string, unknown> = {};
    for (const [name, input] of Object.entries(stage.inputs)) inputs[name] = await resultOf(input);
    return inputs;
  };
  const work = async (stage: AnyStage, request: unknown, kept: Keep, own = share): Promise<unknown> => {
    const fingerprint = fingerprintOf(stage);
    const shared = stage.isShared === true && own !== undefined && { share: own };
    const inputs = await inputsOf(stage);
    const given = { environment, onProgress, signal, ...shared, ...facts, options, inputs };
    const label = stage.label?.(given as never) ?? stage.name;
    return kept(label, fingerprint, (entry) => stage.compute({ ...given, entry } as never, request as never));
  };
  const keyOf = (stage: AnyStage): string => `${stage.name} ${fingerprintOf(stage)}`;
  const resultOf = (stage: AnyStage): Promise<unknown> => {
    const before = known.find((one) => one.stage === stage);
    if (before !== undefined && 'value' in before) return Promise.resolve(before.value);
    const key = keyOf(stage);
    const result = results.get(key) ?? work(stage, undefined, keep);
    results.set(key, result);
    // Whoever asks again asks anew: what was missing may be there by then.
    result.catch(() => results.delete(key));
    return result;
  };
  return {
    get: (stage: AnyStage, request?: unknown) => {
      if (request === undefined) return resultOf(stage) as Promise<never>;
      const result = work(stage, request, keep);
      results.set(keyOf(stage), result);
      return result as Promise<never>;
    },
    peek: (stage: AnyStage, request?: unknown) => work(stage, request, quietly) as Promise<never>,
    fill: async (stage) => {
      try {
        await work(stage, undefined, quietly, { ...(share ?? NO_SHARE), fills: true });
      } catch (error) {
        if (error instanceof PiecesMissing) return error;
        throw error;
      }
      throw new BugError(`the pieces of the stage ${(stage as AnyStage).name} are not shared`);
    },
    entryOf: (stage) => openStageEntry(setting.project, stage.name, fingerprintOf(stage), environment.warn),
    fingerprintOf,
    about: (more) => stagesOf(subject, { ...facts, ...more }, options),
    given: (changes) => stagesOf(subject, facts, { ...options, ...changes }),
  };
}
