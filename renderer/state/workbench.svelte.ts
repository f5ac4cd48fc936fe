import { createContext } from 'svelte';
import type {
  AppInfo,
  ComputeState,
  DeviceReport,
  JobChoice,
  JobKind,
  LongJob,
  PanelName,
  RecentProject,
  RunKey,
  Screen,
  Settings,
  Setup,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import type { ColumnLevel } from './columns.svelte.ts';
import { ComparisonState } from './comparison.svelte.ts';
import { currentRunOf } from './current-run.ts';
import { onlyChosen } from './image-list.ts';
import { Loadable } from './loadable.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { FileDrag } from './file-drag.svelte.ts';
import { OverviewState } from './overview.svelte.ts';
import { SetupEvidence } from './setup-evidence.svelte.ts';
import { RunList } from './run-list.svelte.ts';
import { RUN_SCREENS } from './run-screens.ts';
import { RunWatch } from './run.svelte.ts';
import { SetupState } from './setup.svelte.ts';
import { SharedRuns } from './shared-runs.svelte.ts';
import { ShownRun } from './shown-run.svelte.ts';
import { StudiesState } from './studies.svelte.ts';
import { trailOf } from './trail.ts';

/** The window's state: which screen, and the parts that the screens show. */
export class Workbench {
  readonly connection: Connection;
  readonly notices: Notices;
  readonly setup: SetupState;
  readonly run: RunWatch;
  readonly shared: SharedRuns;
  readonly runs: RunList;
  readonly overview: OverviewState;
  readonly evidence: SetupEvidence;
  readonly comparison: ComparisonState;
  readonly studies: StudiesState;
  #shown = $state.raw<ShownRun>()!;
  /** The setup whose runs are shown. */
  #shownOf: Pick<Setup, 'key' | 'project'> | undefined;
  /** Settled when the shown run has been read. */
  #reading: Promise<void> = Promise.resolve();

  screen = $state<Screen>('library');
  app = $state.raw<AppInfo>();
  /** Undefined until the workbench has sent them: it has the defaults. */
  settings = $state.raw<Settings>();
  compute = $state.raw<ComputeState>({ status: 'idle', crashes: 0 });
  readonly recent = new Loadable<readonly RecentProject[]>();
  readonly devices = new Loadable<readonly DeviceReport[]>();
  /** Long work under way beside the run, of every page and project. */
  jobs = $state.raw<readonly LongJob[]>([]);
  isInspectorOpen = $state(false);
  isListOpen = $state(false);
  isSearchOpen = $state(false);
  openPanel = $state<PanelName | null>(null);
  readonly drag = new FileDrag();
  isLogOpen = $state(false);

  constructor(connection: Connection) {
    this.connection = connection;
    this.notices = new Notices(() => this.screen);
    connection.onDone((method) => this.notices.settle(method));
    this.setup = new SetupState(connection, this.notices, (setup) => this.#followSetup(setup));
    this.run = new RunWatch(connection, this.notices);
    this.shared = new SharedRuns(connection, this.notices);
    this.runs = new RunList(connection, this.notices, this.setup);
    this.overview = new OverviewState(connection, this.notices);
    this.evidence = new SetupEvidence(connection);
    this.comparison = new ComparisonState(connection, this.notices);
    this.studies = new StudiesState(connection, this.notices);
    this.#shown = new ShownRun(connection, this.notices, undefined);
  }

  /** What is kept of the run that is shown. All of it is replaced at once when another run or project is. */
  get shown(): ShownRun {
    return this.#shown;
  }
  get result(): ShownRun['result'] {
    return this.#shown.result;
  }
  get tree(): ShownRun['tree'] {
    return this.#shown.tree;
  }
  get own(): ShownRun['own'] {
    return this.#shown.own;
  }
  get images(): ShownRun['images'] {
    return this.#shown.images;
  }
  get columns(): ShownRun['columns'] {
    return this.#shown.columns;
  }
  get objects(): ShownRun['objects'] {
    return this.#shown.objects;
  }
  get map(): ShownRun['map'] {
    return this.#shown.map;
  }
  get report(): ShownRun['report'] {
    return this.#shown.report;
  }
  get newImages(): ShownRun['newImages'] {
    return this.#shown.newImages;
  }
  get editModel(): ShownRun['editModel'] {
    return this.#shown.editModel;
  }
  get whatIfImage(): ShownRun['whatIfImage'] {
    return this.#shown.whatIfImage;
  }
  get whatIfRun(): ShownRun['whatIfRun'] {
    return this.#shown.whatIfRun;
  }
  get evaluations(): ShownRun['evaluations'] {
    return this.#shown.evaluations;
  }

  /** Another text for another screen, and on screens of a run for another run: then a view begins anew. */
  readonly viewKey = $derived.by(() =>
    RUN_SCREENS.includes(this.screen) ? `${this.screen} ${this.#shown.serial}` : this.screen,
  );
  /** The run under way, or the last one of the project that is open. */
  readonly currentRun = $derived.by(() => {
    const { state, isActive } = this.run;
    return currentRunOf({ state, isActive, setup: this.setup.current ?? null, shown: this.#shown.key });
  });

  readonly theme = $derived(this.settings?.theme ?? 'system');
  /** Maps are out of sight until it is known how much of them is wanted. */
  readonly mapOpacity = $derived(this.settings?.mapOpacity ?? 0);

  /** Where the window stands, for the title bar: everything on the screen is about this. */
  readonly trail = $derived.by(() =>
    trailOf({
      screen: this.screen,
      setup: this.setup.current,
      next: { layer: this.setup.layer?.tensor, className: this.setup.className },
      run: this.currentRun,
      result: this.result.result.value ?? null,
    }),
  );
  /** The device of what is on the screen. */
  readonly device = $derived.by(() => {
    const shown = this.result.result.value?.device.used;
    const current = this.currentRun?.device.used;
    return RUN_SCREENS.includes(this.screen) ? shown : (current ?? shown);
  });

  /** Reads what the first screen needs. */
  start(): void {
    void this.#read(async () => {
      const { api } = this.connection;
      [this.app, this.settings, this.compute] = await Promise.all([
        api.getApp(),
        api.getSettings(),
        api.getCompute(),
      ]);
    });
    void this.recent.load(() => this.connection.api.listRecent());
    void this.#read(async () => (this.setup.controls = await this.connection.api.listOptions()));
    void this.#read(async () => this.setup.take(await this.connection.api.getSetup()));
    void this.#read(() => Promise.all([this.run.read(), this.shared.read()]));
    void this.#read(async () => (this.jobs = await this.connection.api.listJobs()));
  }

  go(screen: Screen): void {
    if (screen !== this.screen) this.notices.leave(this.screen);
    this.screen = screen;
    this.isListOpen = false;
    this.isInspectorOpen = false;
    if (screen === 'report') this.report.readSections();
    if (screen === 'setup' && this.devices.value === undefined)
      void this.devices.load(() => this.connection.api.listDevices());
    if (screen === 'setup' && this.setup.current?.images)
      void this.#read(async () => this.setup.take(await this.connection.api.refreshImages()));
    if (screen === 'image' && this.result.result.value) this.images.open();
  }

  /** How long work for the open project stands, once it has taken a while. */
  jobOf(kind: JobKind, subject?: string): LongJob | undefined {
    const folder = this.setup.current?.folder;
    return this.jobs.find(
      (job) =>
        job.kind === kind && job.folder === folder && (subject === undefined || job.subject === subject),
    );
  }

  /** Gives long work up. */
  cancelJobs(choice: JobChoice): Promise<void> {
    return this.#read(() => this.connection.api.cancelJobs(choice));
  }

  /** Shows a run in place of the one before. */
  showRun(key: RunKey | null): Promise<void> {
    const before = this.#shown;
    this.#shown = new ShownRun(this.connection, this.notices, key, before);
    before.retire(before.label);
    this.isListOpen = false;
    this.isInspectorOpen = false;
    this.#reading = key === null ? Promise.resolve() : this.#shown.result.read();
    return this.#reading;
  }

  /** Opens a panel, or closes it where it is open. */
  togglePanel(panel: PanelName): void {
    this.openPanel = this.openPanel === panel ? null : panel;
  }

  /** Opens a project: where there is a result it is shown, else the setup. */
  async open(act: () => ReturnType<Connection['api']['openDemo']>): Promise<void> {
    const isOpened = await this.setup.change(act);
    if (!isOpened) return;
    await Promise.all([this.#reading, this.#read(() => this.run.read())]);
    this.go(this.result.result.value ? 'concepts' : 'setup');
  }

  /** Shows a crop's image with the map of its concept. */
  showImage(image: number, conceptId: string | null): void {
    this.images.conceptId = conceptId;
    this.go('image');
    this.images.show(image);
  }

  /** Shows the images that the model calls something else than their folder, the surest first. */
  showMistakes(): void {
    this.go('image');
    this.images.showMistakes();
  }

  /** Shows the images of a value of a column, or its mistakes. */
  showLevel({ column, level }: ColumnLevel, show: 'all' | 'wrong' = 'all'): void {
    this.go('image');
    this.images.showLevel({ column, level }, show);
  }

  /** Lists images that a person chose, and no others. */
  showChosen(chosen: readonly number[]): void {
    this.go('image');
    this.images.setFilter(onlyChosen(chosen));
  }

  /** Shows the concepts of a run, which may be another than the one that is shown. */
  async openRun({ project, runId }: RunKey): Promise<void> {
    if (!this.#shown.isOf({ project, runId })) void this.showRun({ project, runId });
    await this.#reading;
    this.go('concepts');
  }

  async startRun(): Promise<void> {
    const isShared = this.shared.place !== null;
    if (await (isShared ? this.shared.start() : this.run.act('startRun'))) this.go('run');
  }

  async setSettings(changes: Partial<Settings>): Promise<void> {
    if (this.settings !== undefined) this.settings = { ...this.settings, ...changes };
    await this.#read(async () => {
      this.settings = await this.connection.api.setSettings(changes);
    });
  }

  /** Another project gets its newest run shown, and so does one whose shown run is gone. */
  #followSetup(setup: Setup): void {
    const { key, project, runs } = setup;
    const before = this.#shownOf;
    this.#shownOf = { key, project };
    // A project that its first run has just made is no other one.
    const isOther = before?.key !== key || (before.project !== null && before.project !== project);
    const shown = this.#shown.key;
    const isGone = shown && !runs.some((run) => this.#shown.isOf(run));
    const newest = runs.find(({ isFinished }) => isFinished) ?? null;
    if (isOther || isGone) void this.showRun(newest);
  }

  async #read(act: () => unknown): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.notices.fail(error);
    }
  }
}

/** The workbench of the window, for every component below the frame. */
export const [getWorkbench, setWorkbench] = createContext<Workbench>();
