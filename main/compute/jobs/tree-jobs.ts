import { DEFAULT_OPTIONS } from '../../../core/concepts/run-options.ts';
import {
  conceptTree,
  flatTree,
  parentIdOf,
  type TreeNode,
} from '../../../core/concepts/recursion/concept-tree.ts';
import { earlierCuts, proposeEarlierCut } from '../../../core/pipeline/earlier-cut.ts';
import { splitInRun } from '../../../core/pipeline/recursion.ts';
import { chooseLayer } from '../../../core/pipeline/model-intake.ts';
import type { Workbench } from '../../../core/pipeline/workbench.ts';
import { loadNotes } from '../../../core/project/project-folder.ts';
import type { NotesFile } from '../../../core/project/schema.ts';
import { acquireWriteLock } from '../../../core/project/write-lock.ts';
import type { SplitFacts, TreeItem } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { openRunModel } from './run-models.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';

/** Crops that stand for a concept in the tree. */
const COVER = 4;

/** Jobs about concepts and their parts. */
export function treeJobs(
  workbench: Workbench,
  openRun: OpenRun,
  openIntake: OpenIntake,
): Jobs<'readTree' | 'listSplitLayers' | 'split'> {
  return {
    async readTree(question) {
      const opened = await openRun(question);
      const notes = await loadNotes(opened.project, question.runId);
      const roots = conceptTree(opened.explanation, notes.joined);
      const items = roots.flatMap((root, rank) =>
        flatTree([root]).map((node) => treeItem(question, opened, notes, node, rank)),
      );
      return { runId: question.runId, items };
    },

    async listSplitLayers({ concept, ...question }) {
      const opened = await openRun(question);
      const { layer } = opened.sourceOf(concept);
      const intake = await openRunModel(openIntake, opened);
      const proposed = proposeEarlierCut(intake, layer)?.tensor;
      return earlierCuts(intake, layer).map(({ tensor }) => ({
        layer: chooseLayer(intake, tensor),
        isProposed: tensor === proposed,
      }));
    },

    async split({ concept, layer, parts = DEFAULT_OPTIONS.parts, ...question }, { signal, onProgress }) {
      const { storage } = workbench;
      const opened = await openRun(question);
      const intake = await openRunModel(openIntake, opened);
      const device = await workbench.openDevice(opened.run.options.device);
      const { project } = opened;
      const lock = await acquireWriteLock(storage, question.folder, workbench.self);
      try {
        const scope = { workbench, device, intake, project, signal, onProgress };
        await splitInRun(scope, question.runId, concept, { parts, ...(layer !== undefined && { layer }) });
        return null;
      } finally {
        // A lock that stays is taken over by the next run; the failure that led here is what has to be told.
        await lock.release().catch(() => undefined);
      }
    },
  };
}

function treeItem(
  { key, runId }: RunQuestion,
  { explanation }: OpenedRun,
  notes: NotesFile,
  { concept, depth, from, split, parts }: TreeNode,
  rank: number,
): TreeItem {
  const { id, name, importance, prevalence, crops } = concept;
  return {
    id,
    parent: parentIdOf(id) ?? null,
    name: notes.names[id] ?? name,
    givenName: name,
    depth,
    rank,
    importance,
    prevalence,
    images: from?.images.length ?? explanation.images.length,
    cover: crops
      .slice(0, COVER)
      .map(({ image, box }) => pictureId({ kind: 'crop', project: key, run: runId, image, box })),
    layer: from?.layer ?? explanation.layer,
    split: split === undefined ? null : splitFacts(split),
    parts: parts.map((part) => part.concept.id),
  };
}

function splitFacts({
  layer,
  isChosen,
  images,
  reconstruction,
  reproduction,
  stability,
  importance,
}: NonNullable<TreeNode['split']>): SplitFacts {
  const { design, samples, replicates } = importance;
  return {
    layer,
    isChosen,
    images: images.length,
    reconstruction,
    reproduction,
    stability,
    importance: { design, samples, replicates },
  };
}
