import { describe, expect, it } from 'vitest';
import type { RunState, RunSummary } from '../../../main/api/contract.ts';
import { currentRunOf } from '../../../renderer/state/current-run.ts';

const state = (status: RunState['status']) =>
  ({ status, folder: '/a', project: 'p', runId: 'run2' }) as RunState;
const setup = (...ids: string[]) => ({
  folder: '/a',
  runs: ids.map((runId) => ({ project: 'p', runId }) as RunSummary),
});
const shown = (runId: string) => ({ project: 'p', runId });
const both = setup('run1', 'run2');

describe('currentRunOf()', () => {
  it.each([
    ['the one under way, whatever is shown', state('running'), true, setup(), shown('run1'), true],
    ['one that has ended and is shown', state('done'), false, both, shown('run2'), true],
    ['one that has ended before any is shown', state('done'), false, both, undefined, true],
    ['none once another is shown', state('done'), false, both, shown('run1'), false],
    ['none once it was deleted', state('done'), false, setup('run1'), undefined, false],
    ['one that failed, which can be continued', state('failed'), false, both, shown('run1'), true],
    ['none of another project', state('failed'), false, { ...both, folder: '/b' }, undefined, false],
  ] as const)('is %s', (_, run, isActive, own, key, isCurrent) => {
    expect(currentRunOf({ state: run, isActive, setup: own, shown: key })).toBe(isCurrent ? run : null);
  });
});
