import { describe, expect, it } from 'vitest';
import { Stopwatch } from '../../../renderer/study/stopwatch.ts';

describe('Stopwatch', () => {
  it('counts only the time that it runs, however often it is told to', () => {
    let now = 1000;
    const watch = new Stopwatch(() => now);
    expect(watch.milliseconds).toBe(0);
    watch.run();
    now += 400.4;
    watch.run();
    now += 100;
    expect(watch.milliseconds).toBe(500);
    watch.hold();
    watch.hold();
    now += 60_000;
    expect(watch.milliseconds).toBe(500);
    watch.run();
    now += 250;
    watch.hold();
    expect(watch.milliseconds).toBe(750);
  });
});
