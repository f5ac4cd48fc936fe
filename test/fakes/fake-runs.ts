import type { RunSummary, Setup, WorkbenchApi } from '../../main/api/contract.ts';

/** The demo's run after two others: one that was stopped, and one whose file a disk has lost. */
export function fakeRuns(finished: RunSummary): readonly RunSummary[] {
  const unfinished = {
    ...finished,
    status: 'unfinished',
    isFinished: false,
    verdict: null,
    cover: [],
    images: null,
    layer: null,
  } as const;
  return [
    { ...unfinished, runId: 'run3', className: 'lighthouse', created: '2026-11-22T08:30:00Z', seconds: 4 },
    {
      ...unfinished,
      runId: 'run2',
      status: 'damaged',
      problem: 'project: /home/ada/demo.tessera/runs/run2/run.json is empty.',
      created: null,
      className: null,
      concepts: null,
      seconds: null,
    },
    finished,
  ];
}

/** Calls about the list of runs. */
export function fakeRunList(
  setup: () => Setup,
  take: (next: Partial<Setup>) => Promise<Setup>,
): Pick<WorkbenchApi, 'renameRun' | 'deleteRun' | 'restoreRun' | 'setUpAgain'> {
  const gone: RunSummary[] = [];
  const ids = (): string[] => gone.map(({ runId }) => runId).reverse();
  return {
    renameRun: ({ runId, name }) =>
      take({ runs: setup().runs.map((run) => (run.runId === runId ? { ...run, name: name || null } : run)) }),
    deleteRun({ runId }) {
      gone.push(...setup().runs.filter((run) => run.runId === runId));
      return take({ runs: setup().runs.filter((run) => run.runId !== runId), deletedRuns: ids() });
    },
    restoreRun({ runId }) {
      const [run] = gone.splice(
        gone.findIndex((other) => other.runId === runId),
        1,
      );
      const runs = [...setup().runs, run].sort((a, b) => (a.runId < b.runId ? 1 : -1));
      return take({ runs, deletedRuns: ids() });
    },
    setUpAgain: () => take({}),
  };
}
