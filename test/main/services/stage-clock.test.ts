import { describe, expect, it } from 'vitest';
import { createStageClock } from '../../../main/services/stage-clock.ts';

const WHOLE = { recurse: 1, evaluate: 'quick', bank: 'usual', refine: false } as const;

describe('createStageClock()', () => {
  it.each([
    ['parts', { ...WHOLE, recurse: undefined }],
    ['evaluation', { ...WHOLE, evaluate: 'none' }],
    ['influence', { ...WHOLE, evaluate: 'none' }],
    ['influence', { ...WHOLE, bank: 'sparse' }],
    ['influence', { ...WHOLE, refine: true }],
  ] as const)('lists %s where a run does it, and no other time', (stage, { recurse, ...others }) => {
    const listed = (options: Parameters<typeof createStageClock>[0]) =>
      createStageClock(options).stages.map((one) => one.stage);
    const fewer = listed({ ...others, ...(recurse !== undefined && { recurse }) });
    const gone = listed(WHOLE).filter((one) => !fewer.includes(one));
    expect(gone).toEqual(others.evaluate === 'none' ? ['evaluation', 'influence'] : [stage]);
  });

  it('has nothing waiting once the run has ended: what it keeps is done, and no other stage is listed', () => {
    const clock = createStageClock(WHOLE);
    clock.tell({ stage: 'removals', done: 9, total: 10 });
    clock.end(['bank', 'maps-occlusion', 'removals', 'mistakes', 'split-c1', 'evaluation']);
    expect(clock.stages.every(({ status }) => status === 'done')).toBe(true);
    const listed = clock.stages.map(({ stage }) => stage);
    // Nothing is kept of these two, which came after the last that was told.
    expect(createStageClock(WHOLE).stages.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['shortcuts', 'influence']),
    );
    expect(listed.slice(listed.indexOf('removals'))).toEqual(['removals', 'mistakes', 'parts', 'evaluation']);
  });

  it('tells rate and time left of the stage that runs, and that those before it are done', () => {
    let ms = 0;
    const clock = createStageClock(WHOLE, () => ms);
    clock.tell({ stage: 'removals', done: 0, total: 10 });
    ms = 2000;
    clock.tell({ stage: 'parts', done: 0, total: 100 });
    ms = 4000;
    clock.tell({ stage: 'parts', done: 50, total: 100 });
    const stages = new Map(clock.stages.map((stage) => [stage.stage, stage]));
    expect(stages.get('removals')).toMatchObject({ status: 'done', done: 10 });
    expect(stages.get('parts')).toMatchObject({ status: 'running', ratePerSecond: 25, etaSeconds: 2 });
    expect(stages.get('evaluation')?.status).toBe('waiting');
    expect(clock.etaSeconds).toBe(2);
  });

  it('knows nothing of a stage without a name', () => {
    const { recurse, ...whole } = WHOLE;
    expect(recurse).toBe(1);
    const clock = createStageClock(whole);
    clock.tell({ stage: 'parts', done: 1, total: 2 });
    expect(clock.stages.every(({ status }) => status === 'waiting')).toBe(true);
  });
});
