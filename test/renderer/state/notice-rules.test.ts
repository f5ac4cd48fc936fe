import { describe, expect, it } from 'vitest';
import type { WorkbenchBridge } from '../../../main/api/contract.ts';
import { CallError, connect } from '../../../renderer/api.ts';
import {
  afterDone,
  afterLeaving,
  withFailure,
  withNotice,
  type Failure,
  type Notice,
} from '../../../renderer/state/notice-rules.ts';

const failed = (id: number, method: string, more: Partial<Failure> = {}): Failure => ({
  id,
  error: new CallError({ name: 'TesseraError', code: 'storage', message: `${method} failed` }, method),
  ...{ at: new Date(0), screen: 'report', isLasting: false },
  ...more,
});
const shownOf = (failures: readonly Failure[]): Notice[] => failures.map((one) => ({ ...one, text: '' }));
const idsOf = (shown: readonly Notice[]): number[] => shown.map(({ id }) => id);

describe('afterDone()', () => {
  it('lets failures of what is done later go, and nothing else', () => {
    const failures = [
      failed(0, 'saveReport'),
      failed(1, 'printReport'),
      failed(2, 'saveReport', { isLasting: true }),
    ];
    const shown = shownOf(failures);
    expect(afterDone(shown, failures, 'getSetup')).toBe(shown);
    expect(idsOf(afterDone(shown, failures, 'saveReport'))).toEqual([1, 2]);
  });
});

describe('afterLeaving()', () => {
  it('lets failures of the screen go; what no screen speaks of stays', () => {
    const failures = [
      failed(0, 'saveReport'),
      failed(1, 'exportPaths', { screen: 'map' }),
      failed(2, 'startRun', { isLasting: true }),
    ];
    const said = { id: 3, text: 'Saved.' };
    expect(idsOf(afterLeaving([...shownOf(failures), said], failures, 'report'))).toEqual([1, 2, 3]);
  });
});

describe('withNotice() and withFailure()', () => {
  it('show at most three, what was said going first, and keep fifty failures', () => {
    const said = { id: 1, text: 'Saved.' };
    const failures = [0, 2, 3, 4].map((id) => failed(id, 'saveReport'));
    const [first, second, third, fourth] = shownOf(failures);
    const three = withNotice([first, said, second], third);
    expect(idsOf(three)).toEqual([0, 2, 3]);
    expect(idsOf(withNotice(three, fourth))).toEqual([2, 3, 4]);
    const all = Array.from({ length: 60 }, (_, id) => failed(id, 'saveReport'));
    const kept = all.reduce<readonly Failure[]>(withFailure, []);
    expect([kept.length, kept[0].id]).toEqual([50, 59]);
  });
});

describe('connect()', () => {
  it('says which method has failed, and tells of those that have not', async () => {
    const error = { name: 'TesseraError', code: 'storage', message: 'no room' } as const;
    const { api, onDone } = connect({
      host: 'desktop',
      call: {
        getSetup: () => Promise.resolve({ ok: true, value: null }),
        saveReport: () => Promise.resolve({ ok: false, error }),
      },
    } as unknown as WorkbenchBridge);
    const done: string[] = [];
    onDone((method) => done.push(method));
    await expect(api.saveReport({} as never)).rejects.toMatchObject({
      method: 'saveReport',
      message: 'no room',
    });
    await api.getSetup();
    expect(done).toEqual(['getSetup']);
  });
});
