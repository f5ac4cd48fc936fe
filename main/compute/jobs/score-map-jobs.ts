import { MAP_METHODS } from '../../../core/attribution/methods.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { mapsPageMaker, methodText } from '../../../core/pipeline/maps-page.ts';
import { drawScoreMaps, type MapsEnd } from '../../../core/pipeline/score-maps.ts';
import { shownName } from '../../../core/wording/shown-name.ts';
import type { ScoreMapView } from '../../api/contract.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';

/** Jobs that show where a score comes from, without a project. */
export function scoreMapJobs(environment: Environment, openIntake: OpenIntake): Jobs<'drawScoreMaps'> {
  return {
    async drawScoreMaps({ images, maps: asked, device: choice, page: target, ...question }, context) {
      const { signal, onProgress, onNews } = context;
      const intake = await openIntake(question);
      const device = await environment.openDevice(choice);
      const page = mapsPageMaker(environment.codec, intake, asked);
      const { isSigned } = MAP_METHODS[asked.method];
      const facts = { methodText: methodText(intake, asked), isSigned };
      const drawn: ScoreMapView[] = [];
      let end: MapsEnd | undefined;
      try {
        end = await drawScoreMaps({ environment, device, intake }, images, asked, {
          signal,
          onProgress,
          async onMap(map) {
            const figure = await page.add(map);
            const view = { ...figure, file: shownName(figure.file) };
            drawn.push(view);
            onNews({ kind: 'score-map', found: { ...facts, maps: [view], skipped: [] } });
          },
        });
      } finally {
        // What was drawn before a stop can be saved, too.
        if (drawn.length > 0) await environment.storage.writeAtomic(target, page.page(end));
      }
      return { ...facts, maps: drawn, skipped: end.skipped };
    },
  };
}
