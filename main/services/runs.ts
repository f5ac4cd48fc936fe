import path from 'node:path';
import { z } from 'zod';
import { TesseraError } from '../../core/errors.ts';
import type { RunOptions } from '../../core/concepts/run-options.ts';
import { OPTIONS_VERSION, parseRunOptions } from '../../core/concepts/parse-run-options.ts';
import type { Storage } from '../../core/platform.ts';
import type { EarlyConcepts, RunState, RunStatus, SerializedError } from '../api/contract.ts';
import { serializeError } from '../api/serialize-error.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { EarlyImages, ExplainQuestion, RunNews } from '../compute/protocol.ts';
import { clockOf, newRun, stateOf, takeEarly, type CurrentRun } from './current-run.ts';
import type { EventHub } from './events.ts';
import { kindsOf } from './job-kinds.ts';
import type { Log } from './log.ts';
import type { Projects } from './projects.ts';
import { storedValue, type StoredValue } from './stored-value.ts';

/** What runs need of the workbench. */
export interface RunContext {
  readonly storage: Storage;
  readonly state: string;
  /** What may be deleted at any time: answers of models that a run takes over. */
  readonly cache: string;
  readonly projects: Projects;
  readonly runner: ComputeClient;
  readonly events: EventHub;
  readonly log: Log;
  /** A run has begun, or has ended in whatever way. */
  readonly onChange: (folder: string) => Promise<void>;
}

/** A run that has not ended, as it is kept on disk: closing the window loses nothing. */
const UNFINISHED = z.object({
  folder: z.string(),
  className: z.string(),
  command: z.string(),
  options: z.record(z.string(), z.unknown()),
  /** Version of the options; absent: the first. */
  version: z.int().exactOptional(),
});

/** A run that is asked for, and what it explains. */
export interface AskedRun {
  readonly question: ExplainQuestion;
  readonly className: string;
}

/** The one run at a time: started, paused, resumed, cancelled, and remembered until it has ended. */
export class RunService {
  readonly #context: RunContext;
  readonly #unfinished: StoredValue<z.infer<typeof UNFINISHED> | null>;
  #current: CurrentRun | undefined;
  /** What is explained after the current run. */
  #next: readonly AskedRun[] = [];
  #work: Promise<void> = Promise.resolve();

  constructor(context: RunContext) {
    this.#context = context;
    const file = path.join(context.state, 'unfinished-run.json');
    this.#unfinished = storedValue(context.storage, file, UNFINISHED.nullable(), null);
  }

  get state(): RunState | null {
    return this.#current === undefined ? null : stateOf(this.#current, this.#next.length);
  }

  get earlyConcepts(): EarlyConcepts | null {
    return this.#current?.early ?? null;
  }

  /** The images of the current run, once it has found concepts. */
  earlyImagesOf(key: string, runId: string): EarlyImages | undefined {
    const early = this.#current?.earlyImages.get(runId);
    return early?.key === key ? early : undefined;
  }

  /** The folder of a run that was under way when the program ended; it is then paused here. */
  async recall(): Promise<string | undefined> {
    const kept = await this.#unfinished.get();
    if (kept === null) return undefined;
    const { folder, className, command, version = 1 } = kept;
    const options = readableOptions(kept.options, version);
    if (options === undefined) return undefined;
    this.#current = newRun({ folder, command, options }, className);
    this.#current.status = 'paused';
    return folder;
  }

  /** Starts the first of some runs; each begins when the one before has ended, whether well or not. */
  async start([first, ...next]: readonly AskedRun[]): Promise<RunState> {
    if (this.#current?.status === 'running') {
      throw new TesseraError('bad-usage', 'A run is under way.', { hint: 'Wait for its end, or cancel it.' });
    }
    this.#next = next;
    this.#current = newRun(first.question, first.className);
    return this.#begin(this.#current);
  }

  async pause(): Promise<RunState> {
    return this.#stop('paused');
  }

  async cancel(): Promise<RunState> {
    return this.#stop('cancelled');
  }

  async resume(): Promise<RunState> {
    const current = this.#current;
    if (current === undefined || current.status === 'done') throw noRun();
    if (current.status === 'running') return this.state!;
    current.clock = clockOf(current.question);
    current.isResumed = true;
    return this.#begin(current);
  }

  /** The program ends: a run under way remains one to resume, whatever its process says when it is closed. */
  close(): void {
    const current = this.#current;
    if (current?.cancel?.signal.aborted === false) current.stopAs = 'paused';
    this.#context.runner.close();
  }

  async #begin(current: CurrentRun): Promise<RunState> {
    const { question, className } = current;
    current.status = 'running';
    current.error = null;
    current.cancel = new AbortController();
    const { folder, command, options } = question;
    await this.#unfinished.set({
      folder,
      className,
      command,
      options: { ...options },
      version: OPTIONS_VERSION,
    });
    this.#context.log.write('info', `Explaining "${className}": ${command}`);
    this.#work = this.#carryOut(current, current.cancel.signal);
    this.#tell();
    return this.state!;
  }

  async #carryOut(current: CurrentRun, signal: AbortSignal): Promise<void> {
    const { runner, log, onChange, projects, cache } = this.#context;
    try {
      const { runId, resumed, stages } = await runner.run(
        'explain',
        { ...current.question, cache },
        {
          signal,
          onProgress: (progress) => {
            current.clock.tell(progress);
            this.#tell();
          },
          onWait: (ahead) => {
            current.waitsFor = kindsOf(ahead);
            this.#tell();
          },
          onNews: (news) => void this.#onNews(current, news),
          onRestart: () => {
            log.write('warning', 'The compute process ended unexpectedly; the run continues where it was.');
            current.isResumed = true;
            current.clock = clockOf(current.question);
            this.#tell();
          },
        },
      );
      current.project = (await projects.open(current.question.folder)).key;
      current.runId = runId;
      current.isResumed ||= resumed;
      current.clock.end(stages);
      this.#settle(current, 'done', null);
    } catch (error) {
      const serialized = serializeError(error);
      const isStop = serialized.code === 'cancelled';
      this.#settle(current, isStop ? current.stopAs : 'failed', isStop ? null : serialized);
    }
    if (current.status !== 'paused') await this.#unfinished.set(null);
    await onChange(current.question.folder);
    this.#tell();
    await this.#goOn(current);
  }

  /** Begins what follows; a stop leaves it waiting for the run to be taken up again. */
  async #goOn({ status }: CurrentRun): Promise<void> {
    const [first, ...next] = this.#next;
    if (first === undefined || (status !== 'done' && status !== 'failed')) return;
    this.#next = next;
    this.#current = newRun(first.question, first.className);
    await this.#begin(this.#current);
  }

  #settle(current: CurrentRun, status: RunStatus, error: SerializedError | null): void {
    current.status = status;
    current.waitsFor = [];
    current.error = error;
    current.cancel = undefined;
    const text = error === null ? `The run is ${status}.` : `The run failed: ${error.message}`;
    this.#context.log.write(error === null ? 'info' : 'error', text);
  }

  async #onNews(current: CurrentRun, news: RunNews): Promise<void> {
    const { events, projects, onChange, log } = this.#context;
    switch (news.kind) {
      case 'device':
        current.device = { used: news.used, fallbackReasons: news.fallbackReasons };
        for (const reason of news.fallbackReasons) log.write('warning', reason);
        break;
      case 'started':
        current.runId = news.runId;
        current.isResumed ||= news.resumed;
        break;
      case 'predictions':
      case 'score-map':
        // A run tells of them by its results.
        return;
      case 'concepts': {
        const { key } = await projects.open(current.question.folder);
        events.emit('earlyConcepts', takeEarly(current, key, news));
        await onChange(current.question.folder);
      }
    }
    this.#tell();
  }

  async #stop(as: 'paused' | 'cancelled'): Promise<RunState> {
    const current = this.#current;
    if (current === undefined) throw noRun();
    if (current.status === 'running') {
      current.stopAs = as;
      current.cancel?.abort();
      await this.#work;
    } else if (as === 'cancelled' && current.status === 'paused') {
      current.status = 'cancelled';
      await this.#unfinished.set(null);
      this.#tell();
    }
    return this.state!;
  }

  #tell(): void {
    if (this.state !== null) this.#context.events.emit('run', this.state);
  }
}

/** Undefined where they are damaged: a run that cannot be taken up again must not keep the program from starting. */
function readableOptions(json: unknown, version: number): RunOptions | undefined {
  try {
    return parseRunOptions(json, version);
  } catch (error) {
    if (error instanceof TesseraError) return undefined;
    throw error;
  }
}

function noRun(): TesseraError {
  return new TesseraError('bad-usage', 'There is no run.', { hint: 'Start one in the setup.' });
}
