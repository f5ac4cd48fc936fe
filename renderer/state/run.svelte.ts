import type { EarlyConcepts, LogLine, RunState } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import type { Notices } from './notices.svelte.ts';
import { whileBusy } from './while-busy.ts';

const KEPT_LINES = 2000;

/** The run under way or the last one, its first concepts and its log. */
export class RunWatch {
  state = $state.raw<RunState | null>(null);
  early = $state.raw<EarlyConcepts | null>(null);
  log = $state.raw<readonly LogLine[]>([]);
  isBusy = $state(false);
  readonly #connection: Connection;
  readonly #notices: Notices;

  constructor(connection: Connection, notices: Notices) {
    this.#connection = connection;
    this.#notices = notices;
  }

  readonly isActive = $derived(this.state?.status === 'running' || this.state?.status === 'paused');

  /** The stage under way; between two of them the next one. */
  readonly stage = $derived(
    this.state?.stages.find(({ status }) => status === 'running') ??
      this.state?.stages.find(({ status }) => status === 'waiting'),
  );

  /** Reads what there is; events keep it up to date from then on. */
  async read(): Promise<void> {
    const { api } = this.#connection;
    this.take(await api.getRun());
    if (this.state !== null) this.early = await api.getEarlyConcepts();
    this.log = await api.getLog({ after: 0 });
  }

  take(state: RunState | null): void {
    const before = this.state;
    this.state = state;
    if (state === null) return;
    const isOther =
      before?.folder !== state.folder || (before.runId !== null && before.runId !== state.runId);
    if (before !== null && isOther) this.early = null;
    const stage = state.stages.find(({ status }) => status === 'running');
    const stageBefore = before?.stages.find(({ status }) => status === 'running');
    if (before?.status !== state.status) this.#notices.speak(`Run ${state.status}`);
    else if (stage !== undefined && stage.stage !== stageBefore?.stage) this.#notices.speak(stage.title);
  }

  addLine(line: LogLine): void {
    this.log = [...this.log.slice(-KEPT_LINES + 1), line];
  }

  /** Starts, pauses, resumes or cancels; true when it was done, else the failure is shown. */
  act(what: 'startRun' | 'pauseRun' | 'resumeRun' | 'cancelRun'): Promise<boolean> {
    if (what === 'startRun') this.early = null;
    return whileBusy(this, this.#notices, async () => this.take(await this.#connection.api[what]()));
  }
}
