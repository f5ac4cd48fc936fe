import path from 'node:path';
import { z } from 'zod';
import { TesseraError } from '../../core/errors.ts';
import { PiecesMissing } from '../../core/pipeline/share.ts';
import { workStatus } from '../../core/pipeline/shards/work-status.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { loadWorkPlan } from '../../core/project/work-plan.ts';
import type { RunPlaces, RunScript, SharedRunState, SlurmPlace } from '../api/contract.ts';
import { CANCELLED, serializeError } from '../api/serialize-error.ts';
import { RUN_PLACE } from '../api/shared-run-schemas.ts';
import { commandFailure } from '../engines/command-merges.ts';
import { missingText } from '../engines/missing-text.ts';
import { submitWork } from '../engines/submit-work.ts';
import type { Projects } from './projects.ts';
import type { RunContext } from './runs.ts';
import {
  commandsFor,
  engineFor,
  logsOf,
  runPlaces,
  scriptsFor,
  withoutPassword,
} from './shared-run-engines.ts';
import {
  newSharedRun,
  sharedStateOf,
  withLine,
  type AskedSharedRun,
  type CurrentSharedRun,
} from './shared-run-state.ts';
import { storedValue, type StoredValue } from './stored-value.ts';
import type { CommandLine } from './workbench-options.ts';

/** What shared runs need of the workbench. */
export interface SharedRunContext extends Pick<
  RunContext,
  'storage' | 'state' | 'events' | 'log' | 'onChange'
> {
  readonly commands: CommandLine;
  readonly projects: Pick<Projects, 'open'>;
}

/** A shared run that has not ended, as it is kept on disk; without a password. */
const UNFINISHED = z.object({
  folder: z.string(),
  className: z.string(),
  planArguments: z.array(z.string()),
  isPlanned: z.boolean(),
  place: RUN_PLACE,
});

/** How often files are looked at. */
const LOOK_MS = 1500;

/**
 * The one shared run at a time: planned, computed by an engine, looked at by its files, cancelled, and remembered until it has
 * ended. Commands run in processes of their own, so that no model is opened here.
 */
export class SharedRunService {
  readonly #context: SharedRunContext;
  readonly #unfinished: StoredValue<z.infer<typeof UNFINISHED> | null>;
  readonly #closing = new AbortController();
  #current: CurrentSharedRun | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(context: SharedRunContext) {
    this.#context = context;
    const file = path.join(context.state, 'unfinished-shared-run.json');
    this.#unfinished = storedValue(context.storage, file, UNFINISHED.nullable(), null);
  }

  get state(): SharedRunState | null {
    return this.#current === undefined ? null : sharedStateOf(this.#current);
  }

  /** Throws TesseraError 'bad-usage' while one is under way. */
  requireIdle(): void {
    if (this.#current?.status === 'running')
      throw new TesseraError('bad-usage', 'A shared run is under way.', {
        hint: 'Wait for its end, or cancel it.',
      });
  }

  places(): Promise<RunPlaces> {
    return runPlaces(this.#context.commands);
  }

  /** The scripts of a place; with the name of the plan where the project's is written. */
  async scripts(place: SlurmPlace, folder: string): Promise<RunScript[]> {
    const project = { storage: this.#context.storage, folder };
    const plan = await loadWorkPlan(project).catch(() => undefined);
    return scriptsFor(place, project, plan?.key);
  }

  /** Finds the one that was under way when the program ended; on a cluster it has gone on, and is waited for again. */
  async recall(): Promise<void> {
    const kept = await this.#unfinished.get();
    if (kept === null) return;
    const { isPlanned, ...asked } = kept;
    this.#current = newSharedRun(asked);
    this.#current.isPlanned = isPlanned;
    await this.#look(this.#current);
    if (isPlanned && asked.place.engine === 'slurm') await this.#begin(this.#current);
  }

  start(asked: AskedSharedRun): Promise<SharedRunState> {
    this.requireIdle();
    return this.#begin(newSharedRun(asked));
  }

  async resume(redis: string | undefined): Promise<SharedRunState> {
    const current = this.#current;
    if (current === undefined || current.status === 'done') throw noRun();
    if (current.status === 'running') return sharedStateOf(current);
    const { place } = current.asked;
    const again =
      place.engine === 'bullmq' && redis !== undefined
        ? { ...current, asked: { ...current.asked, place: { ...place, redis } } }
        : current;
    return this.#begin(again);
  }

  async cancel(): Promise<SharedRunState> {
    const current = this.#current;
    if (current === undefined) throw noRun();
    if (current.status === 'running') {
      current.cancel?.abort(new Cancelled());
      await this.#work;
    } else if (current.status !== 'done') await this.#settle(current, 'cancelled');
    return sharedStateOf(current);
  }

  /** The program ends: processes of this computer end with it, jobs elsewhere go on, and it is found again. */
  close(): void {
    this.#closing.abort(new Cancelled());
  }

  async #begin(current: CurrentSharedRun): Promise<SharedRunState> {
    this.#current = current;
    Object.assign(current, { status: 'running', step: 'plan', error: null, cancel: new AbortController() });
    await this.#keep(current);
    const { className, folder } = current.asked;
    this.#context.log.write('info', `Explaining "${className}" in shards: ${folder}`);
    this.#work = this.#carryOut(current, current.cancel!.signal);
    this.#tell();
    return sharedStateOf(current);
  }

  async #carryOut(current: CurrentSharedRun, signal: AbortSignal): Promise<void> {
    const looking = setInterval(() => void this.#look(current), LOOK_MS);
    try {
      await this.#compute(current, signal);
      clearInterval(looking);
      await this.#look(current);
      await this.#settle(current, 'done');
    } catch (error) {
      clearInterval(looking);
      if (this.#closing.signal.aborted) return;
      await this.#look(current);
      if (signal.aborted) await this.#settle(current, 'cancelled');
      else await this.#settle(current, 'failed', error);
    }
  }

  async #compute(current: CurrentSharedRun, signal: AbortSignal): Promise<void> {
    const { storage, commands, log } = this.#context;
    const { folder, place, planArguments } = current.asked;
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    if (!current.isPlanned) {
      const outcome = await commandsFor(place, commands)(['plan', ...planArguments], ended);
      ended.throwIfAborted();
      if (outcome.code !== 0) throw commandFailure(outcome);
      current.isPlanned = true;
      await this.#keep(current);
      await this.#context.onChange(folder);
    }
    const project = await openProject(storage, folder);
    const plan = await loadWorkPlan(project);
    if (place.engine === 'slurm') current.logs = logsOf(project, plan.key);
    const tell = (text: string): void => {
      current.told = withLine(current.told, text);
      log.write('info', text.trim());
      this.#tell();
    };
    const onStep = (step: CurrentSharedRun['step']): void => {
      current.step = step;
      this.#tell();
    };
    const placed = { place, commands, project, plan, signal, ended, tell, onStep };
    await submitWork({ project, plan, shards: place.shards, tell }, await engineFor(placed));
  }

  /** Reads how far the shards are. What cannot be read now is read the next time. */
  async #look(current: CurrentSharedRun): Promise<void> {
    if (!current.isPlanned) return;
    const { storage } = this.#context;
    const { folder } = current.asked;
    try {
      current.work = await workStatus({ storage, folder });
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
      return;
    }
    this.#tell();
  }

  async #settle(
    current: CurrentSharedRun,
    status: CurrentSharedRun['status'],
    error?: unknown,
  ): Promise<void> {
    const { folder } = current.asked;
    const { log, onChange, projects } = this.#context;
    if (status === 'done') {
      current.project = (await projects.open(folder)).key;
      current.runId = current.work?.run ?? null;
    }
    const failure = error === undefined ? null : serializeError(inWords(error));
    Object.assign(current, { status, error: failure === CANCELLED ? null : failure, cancel: undefined });
    log.write(
      failure === null ? 'info' : 'error',
      failure === null ? `The shared run is ${status}.` : `The shared run failed: ${failure.message}`,
    );
    if (status !== 'failed') await this.#unfinished.set(null);
    await onChange(folder);
    this.#tell();
  }

  async #keep({ asked, isPlanned }: CurrentSharedRun): Promise<void> {
    const { planArguments, ...facts } = asked;
    const place = withoutPassword(asked.place);
    const kept = { ...facts, planArguments: [...planArguments], isPlanned, place };
    await this.#unfinished.set(UNFINISHED.parse(kept));
  }

  #tell(): void {
    if (this.state !== null) this.#context.events.emit('sharedRun', this.state);
  }
}

class Cancelled extends Error {}

function inWords(error: unknown): unknown {
  if (!(error instanceof PiecesMissing)) return error;
  return new TesseraError('storage', missingText(error), {
    hint: 'Continue starts what is missing again; failures and logs say why it is.',
  });
}

function noRun(): TesseraError {
  return new TesseraError('bad-usage', 'There is no shared run.', { hint: 'Start one in the setup.' });
}
