import type {
  EngineReport,
  RunEngine,
  RunPlace,
  RunPlaces,
  RunScript,
  SharedRunState,
  SlurmPlace,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { RefusedNumber } from '../widgets/refused-number.ts';
import { whileBusy } from './while-busy.ts';

/** Shards of a cluster or a queue, unless another number is typed. */
const USUAL_SHARDS = 16;

/** Where the next run is computed, and the run that several processes share. */
export class SharedRuns {
  isBusy = $state(false);
  state = $state.raw<SharedRunState | null>(null);
  readonly places = new Loadable<RunPlaces>();
  readonly scripts = new Loadable<readonly RunScript[]>();
  /** `here`: by the program itself, as one run. */
  engine = $state<RunEngine | 'here'>('here');
  /** Absent: what is usual for the engine. */
  shards = $state<number>();
  refused = $state.raw<RefusedNumber>();
  partition = $state('');
  account = $state('');
  /** Options of sbatch, one a line. */
  extra = $state('');
  /** Absent: how this program is started. */
  program = $state<string>();
  redis = $state('');
  readonly #connection: Connection;
  readonly #notices: Notices;

  constructor(connection: Connection, notices: Notices) {
    this.#connection = connection;
    this.#notices = notices;
  }

  readonly isActive = $derived(this.state?.status === 'running');
  readonly usualShards = $derived(
    this.engine === 'local' ? (this.places.value?.processors ?? 1) : USUAL_SHARDS,
  );
  readonly usualProgram = $derived(this.places.value?.program ?? '');
  readonly #shards = $derived(this.shards ?? this.usualShards);

  readonly slurm = $derived<SlurmPlace>({
    ...{ engine: 'slurm', shards: this.#shards },
    ...{ partition: this.partition.trim(), account: this.account.trim() },
    extra: this.extra.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])),
    program: (this.program ?? this.usualProgram).trim(),
  });
  /** Null where the program computes the run by itself. */
  readonly place = $derived.by((): RunPlace | null => {
    switch (this.engine) {
      case 'here':
        return null;
      case 'slurm':
        return this.slurm;
      case 'local':
        return { engine: 'local', shards: this.#shards };
      case 'bullmq':
        return { engine: 'bullmq', shards: this.#shards, redis: this.redis.trim() };
    }
  });

  /** Why what is chosen cannot be used here. */
  readonly problem = $derived<EngineReport['problem']>(
    this.places.value?.engines.find(({ engine }) => engine === this.engine)?.problem ?? null,
  );
  /** What is still to be said, for people; null where nothing is. */
  readonly missing = $derived.by(() => {
    if (this.refused !== undefined) return 'Correct the number of shards.';
    if (this.engine === 'slurm' && this.slurm.program === '') return 'Say how nodes start Tessera.';
    if (this.engine === 'bullmq' && this.redis.trim() === '') return 'Type the address of the queue.';
    return this.problem?.message ?? null;
  });

  /** Of a queue the address is asked for again: its password is not kept. */
  readonly isAsked = $derived(
    this.state?.place.engine === 'bullmq' &&
      (this.state.status === 'paused' || this.state.status === 'failed'),
  );

  choose(engine: RunEngine | 'here'): void {
    this.engine = engine;
    this.shards = undefined;
    this.refused = undefined;
    this.scripts.set(undefined);
    if (engine !== 'here') void this.places.load(() => this.#connection.api.listRunPlaces());
  }

  previewScripts(): void {
    const place = this.slurm;
    void this.scripts.load(() => this.#connection.api.previewRunScripts({ place }));
  }

  /** Reads what there is; events keep it up to date from then on. */
  async read(): Promise<void> {
    this.take(await this.#connection.api.getSharedRun());
  }

  take(state: SharedRunState | null): void {
    if (state !== null && state.status !== this.state?.status)
      this.#notices.speak(`Shared run ${state.status}`);
    this.state = state;
  }

  /** True when it was started, else the failure is shown. */
  start(): Promise<boolean> {
    const place = this.place;
    return this.#act(async (api) => (place === null ? null : await api.startSharedRun({ place })));
  }

  resume(): Promise<boolean> {
    const redis = this.redis.trim();
    return this.#act((api) => api.resumeSharedRun(this.isAsked && redis !== '' ? { redis } : {}));
  }

  cancel(): Promise<boolean> {
    return this.#act((api) => api.cancelSharedRun());
  }

  #act(act: (api: Connection['api']) => Promise<SharedRunState | null>): Promise<boolean> {
    return whileBusy(this, this.#notices, async () => this.take(await act(this.#connection.api)));
  }
}
