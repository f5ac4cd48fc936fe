import { countOf } from '../../core/wording/count-text.ts';
import type { RunState, WorkbenchEvents } from '../../main/api/contract.ts';
import { RUN_SCREENS } from './run-screens.ts';
import type { Workbench } from './workbench.svelte.ts';

/** Takes over what the workbench tells of its own accord; returns the way to stop. */
export function followEvents(bench: Workbench): () => void {
  const { on } = bench.connection;
  const stops = [
    on('setup', (setup) => bench.setup.take(setup)),
    on('begun', (begun) => tellBegun(bench, begun)),
    on('settings', (settings) => (bench.settings = settings)),
    on('recent', (recent) => bench.recent.set(recent)),
    on('run', (state) => {
      const wasActive = bench.run.isActive;
      bench.run.take(state);
      // Of several classes the last tells that all are done.
      if (state.status === 'done' && wasActive && state.next === 0) showFinished(bench, state);
      if (state.status === 'failed' && state.next > 0) bench.notices.alarm(state.error, state.className);
    }),
    on('sharedRun', (state) => {
      const wasActive = bench.shared.isActive;
      bench.shared.take(state);
      if (state.status === 'done' && wasActive) showFinished(bench, state);
    }),
    on('earlyConcepts', (early) => (bench.run.early = early)),
    on('result', (run) => {
      if (!bench.shown.isOf(run)) return;
      void bench.result.read();
      // Their names and notes are among those of the run.
      if (bench.own.list.value) void bench.own.read();
    }),
    on('study', (study) => bench.studies.changed(study)),
    on('classes', (counts) => bench.setup.takeClasses(counts)),
    on('scoreMap', (news) => bench.setup.scoreMaps.take(news)),
    on('jobs', (jobs) => (bench.jobs = jobs)),
    on('log', (line) => bench.run.addLine(line)),
    on('compute', (compute) => (bench.compute = compute)),
    on('error', (error) => bench.notices.alarm(error)),
    on('navigate', ({ screen }) => bench.go(screen)),
    on('panel', ({ panel }) => (bench.openPanel = panel)),
  ];
  return () => stops.forEach((stop) => stop());
}

type FinishedRun = Pick<RunState, 'folder' | 'project' | 'projectName' | 'runId' | 'className'>;

/** What was set before is one step away. */
function tellBegun({ notices, setup }: Workbench, { key, name, images }: WorkbenchEvents['begun']): void {
  notices.tell(`New project “${name}” with ${countOf(images, 'image')}.`, {
    label: 'Undo',
    run: () => setup.takeBackProject(key),
  });
}

/** Shows a run that has just ended, or says so to a person who looks at another. */
function showFinished(bench: Workbench, state: FinishedRun): void {
  const { folder, project, projectName, runId, className } = state;
  if (project === null || runId === null) return;
  const isHere = folder === bench.setup.current?.folder;
  const show = (): void => void bench.showRun({ project, runId });
  if (isHere && (!RUN_SCREENS.includes(bench.screen) || bench.shown.key === null)) return show();
  const action = { label: 'Show it', run: show };
  if (isHere) bench.notices.tell(`The run of “${className}” is finished.`, action);
  else bench.notices.tell(`The run of “${className}” in ${projectName} is finished.`);
}
