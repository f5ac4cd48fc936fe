import type { ProbeOptions } from '../../../core/runtime/device.ts';
import { createNodeEnvironment } from '../node-environment.ts';
import { ablationJobs } from './ablation-jobs.ts';
import { createAblators } from './ablators.ts';
import { coherenceJobs } from './coherence-jobs.ts';
import { columnJobs } from './column-jobs.ts';
import { comparisonJobs } from './comparison-jobs.ts';
import { cropJobs } from './crop-jobs.ts';
import { editJobs } from './edit-jobs.ts';
import { editModelJobs } from './edit-model-jobs.ts';
import { editSearchJobs } from './edit-search-jobs.ts';
import { packageJobs } from './package-jobs.ts';
import { estimateJobs } from './estimate-jobs.ts';
import { exportJobs } from './export-jobs.ts';
import { evaluationJobs } from './evaluation-jobs.ts';
import { createCompleteRuns } from './complete-runs.ts';
import { createExaminer } from './examined-images.ts';
import { givenImageJobs } from './given-image-jobs.ts';
import { imageJobs } from './image-jobs.ts';
import { createDescriptions, createIntakes } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { createMaskedHeads } from './masked-heads.ts';
import { createDrawMaps } from './method-maps.ts';
import { markJobs } from './mark-jobs.ts';
import { mapJobs } from './map-jobs.ts';
import { mergeJobs } from './merge-jobs.ts';
import { modelJobs } from './model-jobs.ts';
import { createOpenedRuns } from './opened-runs.ts';
import { ownJobs } from './own-jobs.ts';
import { newImageJobs } from './new-image-jobs.ts';
import { outputJobs } from './output-jobs.ts';
import { overviewJobs } from './overview-jobs.ts';
import { pictureJobs } from './picture-jobs.ts';
import { predictionJobs } from './prediction-jobs.ts';
import { previewJobs } from './preview-jobs.ts';
import { resultJobs } from './result-jobs.ts';
import { runJobs } from './run-jobs.ts';
import { runListJobs } from './run-list-jobs.ts';
import { scoreMapJobs } from './score-map-jobs.ts';
import { studyMakingJobs } from './study-making-jobs.ts';
import { studyJobs } from './study-jobs.ts';
import { treeJobs } from './tree-jobs.ts';

/** Everything that a compute process does, on this machine; `probe` says how devices are tried. */
export function createJobs(probe: ProbeOptions): Jobs {
  const environment = createNodeEnvironment(probe);
  const describe = createDescriptions(environment);
  const openIntake = createIntakes(environment, describe);
  const withHead = createMaskedHeads(environment, openIntake);
  const openRun = createOpenedRuns(environment.storage);
  const withAblator = createAblators(environment, openIntake);
  const complete = createCompleteRuns(environment, openIntake);
  const examiner = createExaminer(environment, openIntake, withHead);
  return {
    ...modelJobs(environment, describe, probe),
    ...previewJobs(environment, openIntake),
    ...outputJobs(environment, describe, openIntake),
    ...estimateJobs(environment, openIntake),
    ...predictionJobs(environment, openIntake),
    ...scoreMapJobs(environment, openIntake),
    ...runJobs(environment, openIntake),
    ...runListJobs(environment),
    ...resultJobs(environment, openRun, complete),
    ...imageJobs(environment, openRun, withHead, createDrawMaps(environment, openIntake), examiner),
    ...givenImageJobs(environment, openRun, withAblator, examiner),
    ...evaluationJobs(environment, openIntake, openRun),
    ...coherenceJobs(environment, openRun),
    ...columnJobs(environment),
    ...markJobs(environment),
    ...overviewJobs(environment, openRun, withAblator, complete),
    ...cropJobs(openRun, withHead),
    ...ablationJobs(openRun, withAblator),
    ...editJobs(environment, openRun),
    ...editModelJobs(environment, openRun),
    ...editSearchJobs(environment, openRun),
    ...packageJobs(environment, openRun, openIntake),
    ...mapJobs(environment, openRun, openIntake),
    ...exportJobs(environment, openRun, openIntake, complete),
    ...mergeJobs(environment, openRun, complete),
    ...ownJobs(environment, openRun, openIntake),
    ...studyMakingJobs(environment, openIntake),
    ...treeJobs(environment, openRun, openIntake),
    ...comparisonJobs(environment, complete),
    ...newImageJobs(environment, openIntake, openRun, complete),
    ...studyJobs(environment),
    ...pictureJobs(environment, openRun),
  };
}
