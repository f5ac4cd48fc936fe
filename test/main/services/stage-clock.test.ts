import { describe, expect, it } from 'vitest';
import { createStageClock } from '../../../main/services/stage-clock.ts';

const WHOLE = { recurse: 1, evaluate: 'quick' } as const;

describe('createStageClock()', () => {
  it.each([
    ['parts', { ...WHOLE, recurse: undefined }],
    ['evaluation', { ...WHOLE, evaluate: 'none' }],
  ] as const)('lists %s where a run does it, and no other time', (stage, { recurse, evaluate }) => {
    const listed = (options: Parameters<typeof createStageClock>[0]) =>
      createStageClock(options).stages.map((one) => one.stage);
    const fewer = listed({ evaluate, ...(recurse !== undefined && { recurse }) });
    expect(listed(WHOLE)).toContain(stage);
    expect(fewer).toEqual(listed(WHOLE).filter((one) => one !== stage));
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
    const clock = createStageClock({ evaluate: 'quick' });
    clock.tell({ stage: 'parts', done: 1, total: 2 });
    expect(clock.stages.every(({ status }) => status === 'waiting')).toBe(true);
  });
});
