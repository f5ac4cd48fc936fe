import path from 'node:path';
import { z } from 'zod';
import { TesseraError } from '../../core/errors.ts';
import type { RunOptions } from '../../core/concepts/run-options.ts';
import { OPTIONS_VERSION, parseRunOptions } from '../../core/concepts/parse-run-options.ts';
import type { Storage } from '../../core/platform.ts';
import type { EarlyConcepts, RunState, RunStatus, SerializedError } from '../api/contract.ts';
import { serializeError } from '../api/serialize-error.ts';
import type { ComputeClient } from '../compute/client.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { EarlyImages, ExplainQuestion, RunNews } from '../compute/protocol.ts';
import type { EventHub } from './events.ts';
import type { Log } from './log.ts';
import type { Projects } from './projects.ts';
import { createStageClock, type StageClock } from './stage-clock.ts';
import { storedValue, type StoredValue } from './stored-value.ts';

export interface RunContext {
  readonly storage: Storage;
  readonly state: string;
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

interface Current {
  readonly question: ExplainQuestion;
  readonly className: string;
  clock: StageClock;
  status: RunStatus;
  runId: string | null;
  isResumed: boolean;
  device: RunState['device'];
  error: SerializedError | null;
  early: EarlyConcepts | null;
  /** The images that the first concepts were found in; `key` names the project in names of pictures. */
  earlyImages: (EarlyImages & { readonly key: string; readonly runId: string }) | undefined;
  /** Set while the run is under way. */
  cancel: AbortController | undefined;
  /** What a stop is for. */
  stopAs: 'paused' | 'cancelled';
}

/** The one run at a time: started, paused, resumed, cancelled, and remembered until it has ended. */
export class RunService {
  readonly #context: RunContext;
  readonly #unfinished: StoredValue<z.infer<typeof UNFINISHED> | null>;
  #current: Current | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(context: RunContext) {
    this.#context = context;
    const file = path.join(context.state, 'unfinished-run.json');
    this.#unfinished = storedValue(context.storage, file, UNFINISHED.nullable(), null);
  }

  get state(): RunState | null {
    if (this.#current === undefined) return null;
    const { clock, runId, status, className, isResumed, device, error } = this.#current;
    const { stages, etaSeconds } = clock;
    return { runId, status, className, stages, etaSeconds, isResumed, device, error };
  }

  get earlyConcepts(): EarlyConcepts | null {
    return this.#current?.early ?? null;
  }

  /** The images of the current run, once it has found concepts. */
  earlyImagesOf(key: string, runId: string): EarlyImages | undefined {
    const early = this.#current?.earlyImages;
    return early?.key === key && early.runId === runId ? early : undefined;
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

  async start(question: ExplainQuestion, className: string): Promise<RunState> {
    if (this.#current?.status === 'running') {
      throw new TesseraError('bad-usage', 'A run is under way.', { hint: 'Wait for its end, or cancel it.' });
    }
    this.#current = newRun(question, className);
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

  /** The program ends: a run under way stays one to resume, whatever its process says when it is closed. */
  close(): void {
    const current = this.#current;
    if (current?.cancel?.signal.aborted === false) current.stopAs = 'paused';
    this.#context.runner.close();
  }

  async #begin(current: Current): Promise<RunState> {
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

  async #carryOut(current: Current, signal: AbortSignal): Promise<void> {
    const { runner, log, onChange } = this.#context;
    try {
      const { runId, resumed } = await runner.run('explain', current.question, {
        signal,
        onProgress: (progress) => {
          current.clock.tell(progress);
          this.#tell();
        },
        onNews: (news) => void this.#onNews(current, news),
        onRestart: () => {
          log.write('warning', 'The compute process ended unexpectedly; the run continues where it was.');
          current.isResumed = true;
          current.clock = clockOf(current.question);
          this.#tell();
        },
      });
      current.runId = runId;
      current.isResumed ||= resumed;
      this.#settle(current, 'done', null);
    } catch (error) {
      const serialized = serializeError(error);
      const isStop = serialized.code === 'cancelled';
      this.#settle(current, isStop ? current.stopAs : 'failed', isStop ? null : serialized);
    }
    if (current.status !== 'paused') await this.#unfinished.set(null);
    await onChange(current.question.folder);
    this.#tell();
  }

  #settle(current: Current, status: RunStatus, error: SerializedError | null): void {
    current.status = status;
    current.error = error;
    current.cancel = undefined;
    const text = error === null ? `The run is ${status}.` : `The run failed: ${error.message}`;
    this.#context.log.write(error === null ? 'info' : 'error', text);
  }

  async #onNews(current: Current, news: RunNews): Promise<void> {
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
      case 'concepts': {
        const { runId, crops, files, preprocessing } = news;
        current.runId = runId;
        const { key } = await projects.open(current.question.folder);
        current.earlyImages = { key, runId, files, preprocessing };
        current.early = {
          runId,
          concepts: crops.map(({ id, crops: places }) => ({
            id,
            crops: places.map(({ image, box }) =>
              pictureId({ kind: 'crop', project: key, run: runId, image, box }),
            ),
          })),
        };
        events.emit('earlyConcepts', current.early);
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

function newRun(question: ExplainQuestion, className: string): Current {
  return {
    question,
    className,
    clock: clockOf(question),
    status: 'running',
    runId: null,
    isResumed: false,
    device: { used: null, fallbackReasons: [] },
    error: null,
    early: null,
    earlyImages: undefined,
    cancel: undefined,
    stopAs: 'cancelled',
  };
}

function clockOf({ options }: ExplainQuestion): StageClock {
  return createStageClock(options.recurse !== undefined);
}

function noRun(): TesseraError {
  return new TesseraError('bad-usage', 'There is no run.', { hint: 'Start one in the setup.' });
}
