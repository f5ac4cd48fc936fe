import { channelsOf } from '../../../core/concepts/latent-rows.ts';
import { earlierCuts, proposeEarlierCut } from '../../../core/pipeline/earlier-cut.ts';
import { decomposeInRun, requireUnmerged } from '../../../core/pipeline/recursion.ts';
import { chooseLayer } from '../../../core/pipeline/choose-layer.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { writeToProject } from '../../../core/project/write-lock.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { openRunModel } from './run-models.ts';
import type { OpenRun } from './opened-runs.ts';
import { treeView } from './tree-view.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';

/** Jobs about concepts and their parts. */
export function treeJobs(
  environment: Environment,
  openRun: OpenRun,
  openIntake: OpenIntake,
): Jobs<'readTree' | 'listDecompositionLayers' | 'decompose'> {
  return {
    async readTree(question) {
      const opened = await openRun(question);
      return treeView(question, opened, await loadNotes(opened.project, question.runId));
    },

    async listDecompositionLayers({ concept, ...question }) {
      const opened = await openRun(question);
      await requireUnmerged(opened.project, question.runId, concept);
      const { layer } = opened.sourceOf(concept);
      const intake = await openRunModel(openIntake, opened);
      const proposed = proposeEarlierCut(intake, layer)?.tensor;
      return earlierCuts(intake, layer).map(({ tensor }) => {
        const earlier = chooseLayer(intake, tensor);
        const channels = channelsOf(earlier);
        const usualParts = Math.min(opened.run.options.parts, channels);
        return { layer: earlier, isProposed: tensor === proposed, channels, usualParts };
      });
    },

    async decompose({ concept, layer, parts, ...question }, { signal, onProgress }) {
      const opened = await openRun(question);
      const intake = await openRunModel(openIntake, opened);
      const device = await environment.openDevice(opened.run.options.device);
      const { project } = opened;
      const scope = { environment, device, intake, project, signal, onProgress };
      const chosen = { ...(layer !== undefined && { layer }), ...(parts !== undefined && { parts }) };
      await writeToProject(project, environment.self, () =>
        decomposeInRun(scope, question.runId, concept, chosen),
      );
      return null;
    },
  };
}
