import { describe, expect, it } from 'vitest';
import { createStageClock } from '../../../main/services/stage-clock.ts';

describe('createStageClock()', () => {
  it('names the decomposing of concepts where a run does it, and no other time', () => {
    const titles = (isDecomposing: boolean) =>
      createStageClock(isDecomposing).stages.map(({ title }) => title);
    expect(titles(true)).toContain('Decompose concepts into parts');
    expect(titles(false)).toEqual(titles(true).filter((title) => title !== 'Decompose concepts into parts'));
  });

  it('tells rate and time left of the stage that runs, and that those before it are done', () => {
    let ms = 0;
    const clock = createStageClock(true, () => ms);
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
    const clock = createStageClock(false);
    clock.tell({ stage: 'parts', done: 1, total: 2 });
    expect(clock.stages.every(({ status }) => status === 'waiting')).toBe(true);
  });
});
