import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { previewSample } from '../../core/images/preview-sample.ts';
import type { Storage } from '../../core/platform.ts';
import type { PageId } from '../api/call-handler.ts';
import type { SavedReport, ScoreMaps, ScoreMapsQuery } from '../api/contract.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { EventHub } from './events.ts';
import { requireFolder, requirePictures } from './handlers/requirements.ts';
import type { LongJobs } from './long-jobs.ts';
import type { ReportPlace, Reports } from './reports.ts';
import type { SetupService } from './setup.ts';
import { askedOf } from './setup-state.ts';

/** What maps of scores need of the workbench. */
interface ScoreMapContext {
  readonly storage: Pick<Storage, 'exists'>;
  readonly setup: Pick<SetupService, 'state'>;
  readonly runner: Pick<ComputeClient, 'run'>;
  readonly events: EventHub;
  readonly jobs: Pick<LongJobs, 'run'>;
  readonly reports: Pick<Reports, 'reserve' | 'saveReserved'>;
}

/** Maps of the score of the setup's model: drawn, and saved as a page. */
export interface ScoreMapService {
  draw(query: ScoreMapsQuery, page?: PageId): Promise<ScoreMaps>;
  save(): Promise<SavedReport>;
}

/** The same seed gives the same maps. */
const SEED = 0;

/** Maps that the process of runs draws, given up as soon as the setup asks something else. */
export function createScoreMaps(context: ScoreMapContext): ScoreMapService {
  const { storage, setup, runner, events, jobs, reports } = context;
  let last: (ReportPlace & { readonly name: string }) | undefined;
  return {
    async draw(query, page) {
      const { state } = setup;
      const { question, images, model } = requirePictures(state);
      const [asked, folder] = [askedOf(state), requireFolder(state)];
      const place = await reports.reserve('maps');
      last = { ...place, name: `${path.basename(model.fileName, '.onnx')} maps.html` };
      const { reference, device } = state.options;
      const maps = {
        method: query.method,
        seed: SEED,
        ...(query.classIndex !== null && { class: String(query.classIndex) }),
        ...(reference !== undefined && { reference }),
      };
      const other = new AbortController();
      const stop = events.subscribe((name) => {
        if (name === 'setup' && askedOf(setup.state) !== asked) other.abort();
      });
      const chosen = previewSample(images, query.count).map((index) => images[index]);
      try {
        return await jobs.run({ kind: 'score-maps', folder, page, isLatest: true }, (watch) =>
          runner.run(
            'drawScoreMaps',
            { ...question, images: chosen, maps, device, page: place.file },
            {
              ...watch,
              signal: AbortSignal.any([watch.signal, other.signal]),
              onNews(news) {
                if (news.kind === 'score-map') events.emit('scoreMap', { asked, query, found: news.found });
              },
            },
          ),
        );
      } finally {
        stop();
      }
    },
    async save() {
      if (last === undefined || !(await storage.exists(last.file)))
        throw new TesseraError('bad-usage', 'There are no maps to save yet.', { hint: 'Draw some first.' });
      return reports.saveReserved(last.id, last.name);
    },
  };
}
