import type { RunOptions } from '../../core/concepts/run-options.ts';
import type { Progress } from '../../core/platform.ts';
import { STAGE_ORDER, stageName } from '../../core/wording/stage-names.ts';
import type { StageProgress } from '../api/contract.ts';

/** Follows the stages of a run: rates and times left. */
export interface StageClock {
  tell(progress: Progress): void;
  readonly stages: readonly StageProgress[];
  readonly etaSeconds: number | null;
}

/** The stages that the options of a run leave out are not listed. */
export function createStageClock(
  options: Pick<RunOptions, 'recurse' | 'evaluate'>,
  now: () => number = Date.now,
): StageClock {
  const leftOut: readonly string[] = [
    ...(options.recurse === undefined ? ['parts'] : []),
    ...(options.evaluate === 'none' ? ['evaluation'] : []),
  ];
  const own = STAGE_ORDER.filter((stage) => !leftOut.includes(stage));
  let stages: StageProgress[] = own.map((stage) => ({
    stage,
    title: stageName(stage),
    status: 'waiting',
    done: 0,
    total: 0,
    ratePerSecond: null,
    etaSeconds: null,
    elapsedSeconds: 0,
  }));
  let current = '';
  let begunMs = 0;
  let begunAt = 0;
  return {
    tell({ stage, done, total }) {
      const place = own.indexOf(stage);
      if (place < 0) return;
      if (stage !== current) {
        current = stage;
        begunMs = now();
        // What an earlier run had stored takes no time and says nothing of the rate.
        begunAt = done < total ? done : 0;
      }
      const elapsedSeconds = (now() - begunMs) / 1000;
      const rate = elapsedSeconds > 0 && done > begunAt ? (done - begunAt) / elapsedSeconds : null;
      stages = stages.map((other, index): StageProgress => {
        if (index > place) return other;
        if (index < place) return { ...other, status: 'done', done: other.total, etaSeconds: null };
        return {
          ...other,
          status: done >= total ? 'done' : 'running',
          done,
          total,
          ratePerSecond: rate,
          etaSeconds: rate === null || done >= total ? null : (total - done) / rate,
          elapsedSeconds,
        };
      });
    },
    get stages() {
      return stages;
    },
    get etaSeconds() {
      return stages.find(({ status }) => status === 'running')?.etaSeconds ?? null;
    },
  };
}
