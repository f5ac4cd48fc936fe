import { describe, expect, it } from 'vitest';
import type { ComparableProject, RunSummary } from '../../../main/api/contract.ts';
import { proposedPair } from '../../../main/services/comparisons.ts';

const run = (project: string, runId: string, className: string, day: number): RunSummary => ({
  ...{ project, runId, className, created: `2026-11-${String(day).padStart(2, '0')}T10:00:00Z` },
  ...{ status: 'finished', isFinished: true, problem: null, name: null, seconds: 1, classIndex: 0 },
  ...{ layer: 'relu', concepts: 10, images: 20, verdict: null, cover: [] },
});
const project = (key: string, isOpen: boolean, runs: readonly RunSummary[]): ComparableProject => ({
  ...{ key, folder: `/${key}`, name: key, modelName: 'm.onnx', isOpen, runs, problem: null },
});
const named = (pair: ReturnType<typeof proposedPair>): string =>
  pair === null ? 'none' : `${pair.a.project}/${pair.a.runId} ${pair.b.project}/${pair.b.runId}`;

describe('proposedPair()', () => {
  it('takes the newest run of the open project and the newest other of its class, the older as A', () => {
    const own = [run('p', 'run3', 'house', 20), run('p', 'run2', 'barn', 19), run('p', 'run1', 'house', 5)];
    const other = [run('q', 'run1', 'house', 25)];
    expect(named(proposedPair([project('p', true, own)]))).toBe('p/run1 p/run3');
    expect(named(proposedPair([project('p', true, own), project('q', false, other)]))).toBe('p/run3 q/run1');
  });

  it('takes any other where none is of the class, and nothing where there is one run', () => {
    const own = [run('p', 'run1', 'house', 20)];
    expect(
      named(proposedPair([project('p', true, own), project('q', false, [run('q', 'run9', 'cat', 1)])])),
    ).toBe('q/run9 p/run1');
    expect(proposedPair([project('p', true, own)])).toBeNull();
    expect(proposedPair([])).toBeNull();
  });
});
