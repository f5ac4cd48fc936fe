import type { PageId } from '../api/call-handler.ts';
import type { ClassCounts } from '../api/contract.ts';
import type { ComputeClient, JobOptions } from '../compute/client.ts';
import type { Predictions } from '../compute/protocol.ts';
import { classCounts } from './class-counts.ts';
import type { EventHub } from './events.ts';
import { requireFolder, requirePictures } from './handlers/requirements.ts';
import type { LongJobs } from './long-jobs.ts';
import type { SetupService } from './setup.ts';
import { askedOf, type SetupState } from './setup-state.ts';

/** What predictions need of the workbench. */
export interface PredictionContext {
  readonly setup: Pick<SetupService, 'state' | 'keepPredictions'>;
  readonly runner: Pick<ComputeClient, 'run'>;
  readonly events: EventHub;
  readonly jobs: Pick<LongJobs, 'run'>;
  readonly cache: string;
}

/** What the model says of all pictures of the setup: one question at a time, given up as soon as the setup is another. */
export interface AllPredictions {
  /** Whoever asks while the same is asked waits for one answer. */
  ask(page?: PageId): Promise<ClassCounts>;
}

/** Predictions that the process of runs makes. */
export function createPredictions(context: PredictionContext): AllPredictions {
  const { setup, runner, events, jobs, cache } = context;
  let current: { readonly asked: string; readonly stop: () => void; readonly answer: Promise<ClassCounts> };
  let isUnderWay = false;

  const predict = (state: SetupState, isOther: AbortSignal, page?: PageId): Promise<ClassCounts> => {
    const { question, images } = requirePictures(state);
    const { device } = state.options;
    return jobs.run({ kind: 'predictions', folder: requireFolder(state), page }, async (watch) => {
      const predictions = await runner.run(
        'predictAll',
        { ...question, images, cache, device },
        { ...watch, ...soFar(state), signal: AbortSignal.any([watch.signal, isOther]) },
      );
      setup.keepPredictions(state, predictions);
      return classCounts(state, predictions);
    });
  };

  const soFar = (state: SetupState): Pick<JobOptions, 'onNews'> => {
    let seen: Predictions = NONE;
    return {
      onNews(news) {
        if (news.kind !== 'predictions' || askedOf(setup.state) !== askedOf(state)) return;
        seen = joined(seen, news);
        events.emit('classes', classCounts(state, seen));
      },
    };
  };

  events.subscribe((name) => {
    if (name === 'setup' && isUnderWay && current.asked !== askedOf(setup.state)) current.stop();
  });

  return {
    async ask(page) {
      const { state } = setup;
      requirePictures(state);
      if (state.predictions !== null) return classCounts(state, state.predictions);
      const asked = askedOf(state)!;
      if (isUnderWay && current.asked === asked) return current.answer;
      if (isUnderWay) current.stop();
      const { signal, abort } = stopper();
      const own = { asked, stop: abort, answer: predict(state, signal, page) };
      current = own;
      isUnderWay = true;
      try {
        return await own.answer;
      } finally {
        if (current === own) isUnderWay = false;
      }
    },
  };
}

const NONE: Predictions = { images: [], predicted: [], skipped: [] };

/** A process that was started anew tells everything once more. */
function joined(seen: Predictions, more: Predictions): Predictions {
  const [images, files] = [new Set(seen.images), new Set(seen.skipped.map(({ file }) => file))];
  const isNew = (_: unknown, i: number): boolean => !images.has(more.images[i]);
  return {
    images: [...seen.images, ...more.images.filter(isNew)],
    predicted: [...seen.predicted, ...more.predicted.filter(isNew)],
    ...(more.held !== undefined && { held: [...(seen.held ?? []), ...more.held.filter(isNew)] }),
    skipped: [...seen.skipped, ...more.skipped.filter(({ file }) => !files.has(file))],
  };
}

function stopper(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
