import type { ProbeOptions } from '../../../core/runtime/device.ts';
import { createNodeWorkbench } from '../node-workbench.ts';
import { ablationJobs } from './ablation-jobs.ts';
import { createAblators } from './ablators.ts';
import { cropJobs } from './crop-jobs.ts';
import { editJobs } from './edit-jobs.ts';
import { estimateJobs } from './estimate-jobs.ts';
import { evaluationJobs } from './evaluation-jobs.ts';
import { imageJobs } from './image-jobs.ts';
import { createIntakes } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { createMaskedHeads } from './masked-heads.ts';
import { createDrawMaps } from './method-maps.ts';
import { modelJobs } from './model-jobs.ts';
import { createOpenedRuns } from './opened-runs.ts';
import { pictureJobs } from './picture-jobs.ts';
import { previewJobs } from './preview-jobs.ts';
import { resultJobs } from './result-jobs.ts';
import { runJobs } from './run-jobs.ts';
import { treeJobs } from './tree-jobs.ts';

/** Everything that a compute process does, on this machine; `probe` says how devices are tried. */
export function createJobs(probe: ProbeOptions): Jobs {
  const workbench = createNodeWorkbench(probe);
  const openIntake = createIntakes(workbench);
  const withHead = createMaskedHeads(workbench, openIntake);
  const openRun = createOpenedRuns(workbench.storage);
  return {
    ...modelJobs(workbench, openIntake, probe),
    ...previewJobs(workbench, openIntake),
    ...estimateJobs(workbench, openIntake),
    ...runJobs(workbench, openIntake),
    ...resultJobs(workbench, openRun),
    ...imageJobs(workbench, openRun, withHead, createDrawMaps(workbench, openIntake)),
    ...evaluationJobs(workbench, openIntake, openRun),
    ...cropJobs(openRun, withHead),
    ...ablationJobs(openRun, createAblators(workbench, openIntake)),
    ...editJobs(workbench, openRun),
    ...treeJobs(workbench, openRun, openIntake),
    ...pictureJobs(workbench, openRun),
  };
}
