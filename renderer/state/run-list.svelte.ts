import { runLabel } from '../../core/wording/run-label.ts';
import type { RunKey, RunSummary, Setup } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import type { Notices } from './notices.svelte.ts';
import type { SetupState } from './setup.svelte.ts';
import { isSameRun } from './same-run.ts';
import { whileBusy } from './while-busy.ts';

/** The runs of the open project: named, deleted, restored, set up again. */
export class RunList {
  /** The run whose name is being given. */
  renaming = $state.raw<RunKey | null>(null);
  isBusy = $state(false);
  readonly #connection: Connection;
  readonly #notices: Notices;
  readonly #setup: SetupState;

  constructor(connection: Connection, notices: Notices, setup: SetupState) {
    this.#connection = connection;
    this.#notices = notices;
    this.#setup = setup;
  }

  readonly runs = $derived.by(() => this.#setup.current?.runs ?? []);
  /** Ids of runs that can be restored, the one that was deleted last first. */
  readonly deleted = $derived.by(() => this.#setup.current?.deletedRuns ?? []);

  isRenaming(run: RunKey): boolean {
    return isSameRun(this.renaming, run);
  }

  async rename(run: RunSummary, name: string): Promise<void> {
    this.renaming = null;
    const before = run.name ?? '';
    if (name.trim() === before) return;
    const { project, runId } = run;
    const give = (text: string): Promise<boolean> =>
      this.#change(() => this.#connection.api.renameRun({ project, runId, name: text }));
    if (await give(name)) this.#notices.tell('Renamed.', { label: 'Undo', run: () => void give(before) });
  }

  async delete({ project, runId, name }: RunSummary): Promise<void> {
    const isDone = await this.#change(() => this.#connection.api.deleteRun({ project, runId }));
    const restore = (): void => void this.restore(runId, project);
    if (isDone) this.#notices.tell(`Deleted: ${runLabel(runId, name)}.`, { label: 'Undo', run: restore });
  }

  /** Brings a deleted run back; without an id the one that was deleted last. */
  async restore(id = this.deleted[0], project = this.#setup.current?.project): Promise<void> {
    if (id === undefined || !project) return;
    const run = { project, runId: id };
    if (await this.#change(() => this.#connection.api.restoreRun(run)))
      this.#notices.tell(`Restored: ${runLabel(id)}.`);
  }

  /** Fills the setup with the options of a run; true when it is done. */
  setUpAgain({ project, runId }: RunKey): Promise<boolean> {
    return this.#change(() => this.#connection.api.setUpAgain({ project, runId }));
  }

  #change(act: () => Promise<Setup>): Promise<boolean> {
    return whileBusy(this, this.#notices, async () => this.#setup.take(await act()));
  }
}
