import type { Handlers } from '../../api/call-handler.ts';
import { ablationHandlers } from './ablation.ts';
import { coherenceHandlers } from './coherence.ts';
import { columnHandlers } from './columns.ts';
import { comparisonHandlers } from './comparison.ts';
import { editModelHandlers } from './edit-model.ts';
import { evaluationHandlers } from './evaluation.ts';
import { imageHandlers } from './images.ts';
import { libraryHandlers } from './library.ts';
import { lookingHandlers } from './looking.ts';
import { markHandlers } from './marks.ts';
import { mapHandlers } from './map.ts';
import { ownHandlers } from './own.ts';
import { newImageHandlers } from './new-images.ts';
import { overviewHandlers } from './overview.ts';
import { programHandlers } from './program.ts';
import { reportHandlers } from './report.ts';
import { resultHandlers } from './results.ts';
import { runHandlers } from './runs.ts';
import { scoreMapHandlers } from './score-maps.ts';
import type { Services } from './services.ts';
import { setupHandlers } from './setup.ts';
import { sharedRunHandlers } from './shared-runs.ts';
import { studyMakingHandlers } from './study-making.ts';
import { studyHandlers } from './studies.ts';
import { treeHandlers } from './tree.ts';

/** The implementation of every method of the contract, by subject. */
export function createHandlers(services: Services): Handlers {
  return {
    ...programHandlers(services),
    ...libraryHandlers(services),
    ...setupHandlers(services),
    ...lookingHandlers(services),
    ...scoreMapHandlers(services),
    ...runHandlers(services),
    ...sharedRunHandlers(services),
    ...resultHandlers(services),
    ...imageHandlers(services),
    ...coherenceHandlers(services),
    ...columnHandlers(services),
    ...markHandlers(services),
    ...ablationHandlers(services),
    ...mapHandlers(services),
    ...treeHandlers(services),
    ...ownHandlers(services),
    ...studyMakingHandlers(services),
    ...evaluationHandlers(services),
    ...comparisonHandlers(services),
    ...newImageHandlers(services),
    ...editModelHandlers(services),
    ...overviewHandlers(services),
    ...studyHandlers(services),
    ...reportHandlers(services),
  };
}
