import { isAtMinimum } from '../../core/concepts/bank.ts';
import type { RunOptions } from '../../core/concepts/run-options.ts';
import type { Progress } from '../../core/platform.ts';
import { STAGE_ORDER, stageName } from '../../core/wording/stage-names.ts';
import type { StageProgress } from '../api/contract.ts';

/** Follows the stages of a run: rates and times left. */
export interface StageClock {
  tell(progress: Progress): void;
  /**
   * The run has ended, with the stages that it keeps: those that had nothing to tell (all of it was stored, or there was
   * nothing to look into) are done, and others that never began are not listed.
   */
  end(kept: readonly string[]): void;
  readonly stages: readonly StageProgress[];
  readonly etaSeconds: number | null;
}

/** The stages that the options of a run leave out are not listed. */
export function createStageClock(
  { recurse, evaluate, ...made }: Pick<RunOptions, 'recurse' | 'evaluate' | 'bank' | 'refine' | 'sharing'>,
  now: () => number = Date.now,
): StageClock {
  const leftOut: readonly string[] = [
    ...(recurse === undefined ? ['parts'] : []),
    ...(evaluate === 'none' ? ['evaluation'] : []),
    ...(made.sharing === 'shared' ? [] : ['merge']),
    ...(evaluate === 'none' || !isAtMinimum(made) ? ['influence'] : []),
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
    end(kept) {
      const wasKept = ({ stage }: StageProgress): boolean => kept.some((name) => isOfStage(name, stage));
      stages = stages
        .filter((stage) => stage.status !== 'waiting' || wasKept(stage))
        .map((stage) => ({ ...stage, status: 'done', done: stage.total, etaSeconds: null }));
    },
    get stages() {
      return stages;
    },
    get etaSeconds() {
      return stages.find(({ status }) => status === 'running')?.etaSeconds ?? null;
    },
  };
}

/** Is what a run keeps under a name the work of a stage? */
function isOfStage(name: string, stage: string): boolean {
  return stageName(name).startsWith(stageName(stage)) || (stage === 'parts' && name.startsWith('split-'));
}
