import type {
  ComparableRuns,
  ComparedPair,
  DecisionTurn,
  RunComparison,
  RunKey,
  RunSummary,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { readDrop } from './dropped-files.ts';
import { pickPaths } from './file-picker.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { isSameRun } from './same-run.ts';
import { saveAndTell } from './tell-saved.ts';

/** What of a comparison is looked at closely: a list, and a place in it. */
export interface ComparedChoice {
  readonly list: 'onlyA' | 'onlyB' | 'matches';
  readonly at: number;
}

/** Two runs that are compared: which, and what was found. */
export class ComparisonState {
  readonly runs = new Loadable<ComparableRuns>();
  readonly found = new Loadable<RunComparison>();
  a = $state.raw<RunKey | null>(null);
  b = $state.raw<RunKey | null>(null);
  tab = $state<'concepts' | 'decisions'>('concepts');
  order = $state<'importance' | 'change'>('importance');
  turn = $state<DecisionTurn | 'all'>('all');
  chosen = $state.raw<ComparedChoice | null>(null);
  /** Place of a changed decision in the comparison. */
  decision = $state<number | null>(null);
  isSaving = $state(false);
  readonly #connection: Connection;
  readonly #notices: Notices;

  constructor(connection: Connection, notices: Notices) {
    this.#connection = connection;
    this.#notices = notices;
  }

  /** Reads what there is to choose from; what was chosen stays where it is still there. */
  open(): void {
    void this.#list(() => this.#connection.api.listComparable());
  }

  /** The run of a side, once the list is there. */
  runOf(side: 'a' | 'b'): RunSummary | undefined {
    const key = this[side];
    return this.#allRuns.find((run) => isSameRun(key, run));
  }

  choose(side: 'a' | 'b', run: RunKey): void {
    this[side] = { project: run.project, runId: run.runId };
    this.#forget();
  }

  swap(): void {
    const wasFound = this.found.value !== undefined;
    [this.a, this.b] = [this.b, this.a];
    this.#forget();
    if (wasFound) this.compare();
  }

  compare(): void {
    const pair = this.#pair;
    if (pair === null) return;
    this.#forget();
    void this.found.load(async () => {
      const found = await this.#connection.api.compareRuns(pair);
      this.chosen = firstChoice(found);
      return found;
    });
  }

  async save(): Promise<void> {
    const pair = this.#pair;
    if (pair === null) return;
    this.isSaving = true;
    const stopped = 'The comparison was not saved: its writing was stopped.';
    await saveAndTell(this.#notices, () => this.#connection.api.saveComparison(pair), { stopped });
    this.isSaving = false;
  }

  /** Adds a project that is not in the list. */
  async pickProject(): Promise<void> {
    const { api, host } = this.#connection;
    if (host === 'desktop') return this.#list(() => api.chooseComparable());
    const paths = await pickPaths(this.#connection, 'project');
    if (paths.length > 0) await this.#list(() => api.findComparable({ paths }));
  }

  /** Takes a dropped project as the other run to compare with. */
  async drop(transfer: DataTransfer): Promise<void> {
    const dropped = await readDrop(transfer, this.#connection.host);
    const paths = await this.#connection.takeFiles(dropped.files, dropped.relativePaths);
    const before = this.runs.value?.projects ?? [];
    await this.#list(() => this.#connection.api.findComparable({ paths }));
    const added = this.runs.value?.projects.find(
      ({ key, runs }) => runs.length > 0 && !before.some((known) => known.key === key),
    );
    if (added !== undefined) this.choose('b', added.runs[0]);
  }

  get #allRuns(): readonly RunSummary[] {
    return this.runs.value?.projects.flatMap(({ runs }) => runs) ?? [];
  }

  get #pair(): ComparedPair | null {
    return this.a !== null && this.b !== null ? { a: this.a, b: this.b } : null;
  }

  async #list(read: () => Promise<ComparableRuns>): Promise<void> {
    const before = this.runs.value;
    await this.runs.load(read);
    // What was listed before stays to choose from; what is wrong with a project that was given is told.
    if (this.runs.error !== undefined && before !== undefined) {
      this.#notices.fail(this.runs.error);
      this.runs.set(before);
    }
    const { proposal = null } = this.runs.value ?? {};
    const isThere = (side: 'a' | 'b'): boolean => this.runOf(side) !== undefined;
    if (isThere('a') && isThere('b')) return;
    [this.a, this.b] = [proposal?.a ?? null, proposal?.b ?? null];
    this.#forget();
  }

  #forget(): void {
    this.found.set(undefined);
    this.chosen = null;
    this.decision = null;
    this.turn = 'all';
    this.tab = 'concepts';
  }
}

/** What leads: what was lost or gained, else the match that is most important. */
function firstChoice({ onlyA, onlyB, matches, a, b }: RunComparison): ComparedChoice | null {
  const shareOf = (side: RunComparison['a'], at: number | undefined): number =>
    at === undefined ? -1 : side.concepts[at].importance.mean;
  const [lost, gained] = [shareOf(a, onlyA[0]?.concept), shareOf(b, onlyB[0]?.concept)];
  if (lost >= 0 && lost >= gained) return { list: 'onlyA', at: 0 };
  if (gained >= 0) return { list: 'onlyB', at: 0 };
  return matches.length > 0 ? { list: 'matches', at: 0 } : null;
}
