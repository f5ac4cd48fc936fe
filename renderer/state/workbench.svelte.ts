import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type {
  AppInfo,
  ComputeState,
  DeviceReport,
  PanelName,
  RecentProject,
  Screen,
  Settings,
  WorkbenchEvents,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { EvaluationState } from './evaluation.svelte.ts';
import { ImageBrowser } from './image-browser.svelte.ts';
import { Loadable } from './loadable.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { ReportDraft } from './report-draft.svelte.ts';
import { ResultState } from './result.svelte.ts';
import { RunWatch } from './run.svelte.ts';
import { TreeState } from './tree.svelte.ts';
import { SetupState } from './setup.svelte.ts';
import { WhatIfImage } from './what-if-image.svelte.ts';
import { WhatIfRun } from './what-if-run.svelte.ts';

/** The window's state: which screen, and the parts that the screens show. */
export class Workbench {
  readonly connection: Connection;
  readonly notices: Notices;
  readonly setup: SetupState;
  readonly run: RunWatch;
  readonly result: ResultState;
  readonly tree: TreeState;
  readonly images: ImageBrowser;
  readonly report: ReportDraft;
  readonly whatIfImage: WhatIfImage;
  readonly whatIfRun: WhatIfRun;
  readonly evaluations: EvaluationState;

  screen = $state<Screen>('library');
  app = $state.raw<AppInfo>();
  /** Undefined until the workbench has sent them: it has the defaults. */
  settings = $state.raw<Settings>();
  compute = $state.raw<ComputeState>({ status: 'idle', crashes: 0 });
  readonly recent = new Loadable<readonly RecentProject[]>();
  readonly devices = new Loadable<readonly DeviceReport[]>();
  /** Long answers under way, by name. */
  readonly jobs = new SvelteMap<string, WorkbenchEvents['job']>();
  isInspectorOpen = $state(false);
  isListOpen = $state(false);
  isSearchOpen = $state(false);
  openPanel = $state<PanelName | null>(null);
  isLogOpen = $state(false);

  constructor(connection: Connection) {
    this.connection = connection;
    this.notices = new Notices();
    this.setup = new SetupState(connection, this.notices);
    this.run = new RunWatch(connection, this.notices);
    this.result = new ResultState(connection, this.notices);
    this.tree = new TreeState(connection, this.notices);
    this.images = new ImageBrowser(connection);
    this.evaluations = new EvaluationState(connection);
    this.report = new ReportDraft(connection, this.notices);
    this.whatIfImage = new WhatIfImage(connection);
    this.whatIfRun = new WhatIfRun(connection);
  }

  readonly theme = $derived(this.settings?.theme ?? 'system');
  /** Maps are out of sight until it is known how much of them is wanted. */
  readonly mapOpacity = $derived(this.settings?.mapOpacity ?? 0);

  /** Where the window stands, for the title bar: project, model, layer, class. */
  readonly trail = $derived.by(() => {
    const setup = this.setup.current;
    if (!setup?.model) return [];
    const layer = this.result.result.value?.layer.tensor ?? this.setup.layer?.tensor;
    const className = this.result.result.value?.className ?? this.setup.className;
    return [setup.name, setup.model.fileName, layer, className].filter(
      (part) => part !== null && part !== undefined,
    );
  });

  /** Reads what the first screen needs and follows the workbench's events; returns the way to stop. */
  start(): () => void {
    const stop = this.#follow();
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
    void this.#read(() => this.run.read());
    void this.result.read();
    return stop;
  }

  go(screen: Screen): void {
    this.screen = screen;
    this.isListOpen = false;
    this.isInspectorOpen = false;
    if (screen === 'report') this.report.readSections();
    if (screen === 'setup' && this.devices.value === undefined)
      void this.devices.load(() => this.connection.api.listDevices());
    const runId = this.result.result.value?.run.runId;
    if (screen === 'image' && runId !== undefined) this.images.open(runId);
  }

  /** Opens a panel, or closes it where it is open. */
  togglePanel(panel: PanelName): void {
    this.openPanel = this.openPanel === panel ? null : panel;
  }

  /** Opens a project: where there is a result it is shown, else the setup. */
  async open(act: () => ReturnType<Connection['api']['openDemo']>): Promise<void> {
    const isOpened = await this.setup.change(act);
    if (!isOpened) return;
    await Promise.all([this.result.read(), this.#read(() => this.run.read())]);
    this.go(this.result.result.value ? 'concepts' : 'setup');
  }

  /** Shows a crop's image with the map of its concept. */
  showImage(image: number, conceptId: string | null): void {
    this.images.conceptId = conceptId;
    this.go('image');
    this.images.show(image);
  }

  async startRun(): Promise<void> {
    if (await this.run.act('startRun')) this.go('run');
  }

  async setSettings(changes: Partial<Settings>): Promise<void> {
    if (this.settings !== undefined) this.settings = { ...this.settings, ...changes };
    await this.#read(async () => {
      this.settings = await this.connection.api.setSettings(changes);
    });
  }

  #follow(): () => void {
    const { on } = this.connection;
    const stops = [
      on('setup', (setup) => {
        const isOther = setup.key !== this.setup.current?.key;
        this.setup.take(setup);
        if (isOther) void this.result.read();
      }),
      on('settings', (settings) => (this.settings = settings)),
      on('recent', (recent) => this.recent.set(recent)),
      on('run', (state) => {
        const wasActive = this.run.isActive;
        this.run.take(state);
        if (state.status === 'done' && wasActive) void this.result.read(state.runId ?? undefined);
      }),
      on('earlyConcepts', (early) => (this.run.early = early)),
      on('result', ({ runId }) => {
        if (runId === this.result.result.value?.run.runId) void this.result.read(runId);
      }),
      on('job', (job) => {
        if (job.done < job.total) this.jobs.set(job.job, job);
        else this.jobs.delete(job.job);
      }),
      on('log', (line) => this.run.addLine(line)),
      on('compute', (compute) => (this.compute = compute)),
      on('error', (error) => this.notices.fail(error)),
      on('navigate', ({ screen }) => this.go(screen)),
      on('panel', ({ panel }) => (this.openPanel = panel)),
    ];
    return () => stops.forEach((stop) => stop());
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
