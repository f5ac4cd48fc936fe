import { CANCELLED, CarriedError } from '../api/serialize-error.ts';
import type { ComputeState, Progress } from '../api/contract.ts';
import type { Trial } from '../../core/runtime/device-trial.ts';
import type { DeviceName } from '../../core/platform.ts';
import type { FromCompute, JobAnswer, JobName, JobQuestion, RunNews, ToCompute } from './protocol.ts';

/** A started compute process, whatever started it. */
export interface ComputeChild {
  post(message: ToCompute): void;
  onMessage(listener: (message: FromCompute) => void): void;
  /** Calls the listener once, with what is known of the reason. */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

/** How a compute process is started and how long it is waited for. */
export interface ComputeClientOptions {
  spawn(): ComputeChild;
  /** Jobs under way at once; more wait in line. */
  readonly concurrency: number;
  /** Long ones among them: the rest is left to what a person waits for. @default as many as there can be jobs */
  readonly longAtOnce?: number;
  onState?(state: ComputeState): void;
  /** Answers a compute process that wants a device tried where a crash does no harm. */
  tryDevice?(device: DeviceName): Promise<Trial>;
  /** Waits before the attempts after a crash; the process is given up when they are used. @default 0.5, 1, 2, 4 s */
  readonly backOffMs?: readonly number[];
  /** A process that says nothing for so long hangs. @default 5 minutes: one batch of a large model on a slow machine */
  readonly silenceMs?: number;
}

/** What whoever asks for a job wants to hear of it, and how it is stopped. */
export interface JobOptions {
  readonly signal?: AbortSignal;
  /** It may take long; see {@link ComputeClientOptions.longAtOnce}. */
  readonly isLong?: boolean;
  /** What is ahead of it in the line, whenever that has changed; empty once it is under way. */
  onWait?(ahead: readonly JobName[]): void;
  onProgress?(progress: Progress): void;
  onNews?(news: RunNews): void;
  /** The process died and the job begins again. */
  onRestart?(): void;
}

interface Job extends JobOptions {
  readonly id: number;
  readonly name: JobName;
  readonly question: unknown;
  /** Processes that died with it. */
  deaths: number;
  isSent: boolean;
  /** What it was last told to wait for. */
  ahead: readonly JobName[];
  settle(outcome: { readonly answer: unknown } | { readonly error: CarriedError }): void;
}

/** A job that was under way at so many deaths in a row is likely their cause. */
const MOST_DEATHS = 3;
const BACK_OFF_MS = [500, 1000, 2000, 4000];
const SILENCE_MS = 5 * 60_000;
const PING_MS = 15_000;

/**
 * Runs jobs in one compute process: started on demand, asked for signs of life, started again after a crash with
 * growing pauses. Jobs under way at a crash begin again, so a job must be safe to repeat (a run resumes from what it
 * had stored); one that dies three times fails with 'compute-lost'.
 */
export class ComputeClient {
  readonly #options: ComputeClientOptions;
  readonly #jobs = new Map<number, Job>();
  #child: ComputeChild | undefined;
  #isReady = false;
  #crashes = 0;
  #nextId = 1;
  #heardMs = 0;
  #pulse: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;
  #state: ComputeState = { status: 'idle', crashes: 0 };

  constructor(options: ComputeClientOptions) {
    this.#options = options;
  }

  get state(): ComputeState {
    return this.#state;
  }

  /** Rejects with the job's own failure as CarriedError, also when it was cancelled or its process lost. */
  run<Name extends JobName>(
    name: Name,
    question: JobQuestion<Name>,
    options: JobOptions = {},
  ): Promise<JobAnswer<Name>> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const cancel = () => this.#cancel(id);
      const settle: Job['settle'] = (outcome) => {
        options.signal?.removeEventListener('abort', cancel);
        if (!this.#jobs.delete(id)) return;
        if ('answer' in outcome) resolve(outcome.answer as JobAnswer<Name>);
        else reject(outcome.error);
        this.#sendWaiting();
      };
      this.#jobs.set(id, { ...options, id, name, question, deaths: 0, isSent: false, ahead: [], settle });
      options.signal?.addEventListener('abort', cancel, { once: true });
      if (options.signal?.aborted === true) cancel();
      else this.#sendWaiting();
    });
  }

  /** Begins anew with a fresh process; jobs under way begin again in it. */
  restart(): void {
    this.#crashes = 0;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#discardChild();
    for (const job of this.#jobs.values()) job.isSent = false;
    this.#start();
  }

  /** Ends the process; jobs under way fail as cancelled. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#discardChild();
    for (const job of [...this.#jobs.values()]) job.settle({ error: new CarriedError(CANCELLED) });
    this.#tell({ status: 'idle', crashes: this.#crashes });
  }

  #start(): void {
    if (this.#isClosed) return;
    this.#tell({ status: 'starting', crashes: this.#crashes });
    const child = this.#options.spawn();
    this.#child = child;
    this.#heardMs = Date.now();
    child.onMessage((message) => {
      if (child === this.#child) this.#receive(message);
    });
    child.onExit((reason) => {
      if (child === this.#child) this.#onDeath(reason);
    });
    this.#pulse = setInterval(() => this.#checkPulse(), PING_MS);
    this.#pulse.unref();
  }

  #sendWaiting(): void {
    if (this.#isClosed) return;
    this.#send();
    this.#tellWaiting();
  }

  #send(): void {
    if (this.#child === undefined) {
      if (this.#jobs.size > 0 && this.#retry === undefined) this.#start();
      return;
    }
    if (!this.#isReady) return;
    const { concurrency, longAtOnce = concurrency } = this.#options;
    const sent = [...this.#jobs.values()].filter(({ isSent }) => isSent);
    let [busy, long] = [sent.length, sent.filter(({ isLong }) => isLong).length];
    for (const job of this.#jobs.values()) {
      if (job.isSent) continue;
      if (busy >= concurrency) break;
      if (job.isLong === true && long >= longAtOnce) continue;
      job.isSent = true;
      busy++;
      if (job.isLong === true) long++;
      this.#child.post({ type: 'job', id: job.id, name: job.name, question: job.question });
    }
    this.#tell({ status: busy > 0 ? 'busy' : 'ready', crashes: this.#crashes });
  }

  /** Tells every job in the line what is ahead of it. */
  #tellWaiting(): void {
    const before: Job[] = [];
    for (const job of [...this.#jobs.values()]) {
      const ahead = job.isSent ? [] : before.filter((other) => other.isSent || other.isLong === job.isLong);
      const names = ahead.map(({ name }) => name);
      if (names.join() !== job.ahead.join()) {
        job.ahead = names;
        job.onWait?.(names);
      }
      before.push(job);
    }
  }

  #receive(message: FromCompute): void {
    this.#heardMs = Date.now();
    if (message.type === 'ready') {
      this.#isReady = true;
      this.#sendWaiting();
      return;
    }
    if (message.type === 'pong') return;
    const job = this.#jobs.get(message.id);
    switch (message.type) {
      case 'progress':
        return job?.onProgress?.(message.progress);
      case 'news':
        return job?.onNews?.(message.news);
      case 'try-device':
        return void this.#answerTrial(message.id, message.device);
      case 'done':
        this.#crashes = 0;
        return job?.settle({ answer: message.answer });
      case 'failed':
        this.#crashes = 0;
        return job?.settle({ error: new CarriedError(message.error) });
    }
  }

  async #answerTrial(id: number, device: DeviceName): Promise<void> {
    const child = this.#child;
    const trial = await this.#options.tryDevice?.(device);
    if (child !== this.#child) return;
    child?.post({ type: 'trial', id, trial: trial ?? { works: false, failure: 'it cannot be tried here' } });
  }

  #cancel(id: number): void {
    const job = this.#jobs.get(id);
    if (job?.isSent === true && this.#isReady) this.#child?.post({ type: 'cancel', id });
    else job?.settle({ error: new CarriedError(CANCELLED) });
  }

  #onDeath(reason: string): void {
    this.#discardChild();
    this.#crashes++;
    for (const job of [...this.#jobs.values()]) this.#survive(job, reason);
    const pauses = this.#options.backOffMs ?? BACK_OFF_MS;
    const pause = pauses[this.#crashes - 1];
    if (pause === undefined) return this.#giveUp(reason);
    if (this.#jobs.size === 0) return this.#tell({ status: 'idle', crashes: this.#crashes, reason });
    this.#tell({ status: 'restarting', crashes: this.#crashes, retryInSeconds: pause / 1000, reason });
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#start();
    }, pause);
  }

  #survive(job: Job, reason: string): void {
    if (!job.isSent) return;
    job.isSent = false;
    job.deaths++;
    if (job.signal?.aborted === true) return job.settle({ error: new CarriedError(CANCELLED) });
    if (job.deaths >= MOST_DEATHS) return job.settle({ error: lost(reason) });
    job.onRestart?.();
  }

  #giveUp(reason: string): void {
    for (const job of [...this.#jobs.values()]) job.settle({ error: lost(reason) });
    this.#tell({ status: 'failed', crashes: this.#crashes, reason });
    // The next job may try again: the cause may be gone.
    this.#crashes = 0;
  }

  #checkPulse(): void {
    const silence = Date.now() - this.#heardMs;
    if (silence > (this.#options.silenceMs ?? SILENCE_MS)) {
      this.#onDeath(`it did not answer for ${Math.round(silence / 1000)} s`);
    } else this.#child?.post({ type: 'ping' });
  }

  #discardChild(): void {
    clearInterval(this.#pulse);
    const child = this.#child;
    this.#child = undefined;
    this.#isReady = false;
    child?.kill();
  }

  #tell(state: ComputeState): void {
    const { status, crashes } = this.#state;
    this.#state = state;
    if (status !== state.status || crashes !== state.crashes) this.#options.onState?.(state);
  }
}

function lost(reason: string): CarriedError {
  return new CarriedError({
    name: 'ComputeLost',
    code: 'compute-lost',
    message: `The compute process ended again and again (${reason}).`,
    hint: 'What was computed is kept. Try again; if that does not help, choose the CPU as the device or fewer concepts.',
  });
}
