import {
  conceptTree,
  flatTree,
  parentIdOf,
  type TreeNode,
} from '../../../core/concepts/recursion/concept-tree.ts';
import type { ConceptTree, DecompositionFacts, TreeItem } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { OpenedRun } from './opened-runs.ts';
import type { NotesFile } from '../../../core/project/run-notes.ts';

/** Crops that stand for a concept in the tree. */
const COVER = 4;

/** The concepts of a run and their parts as views show them: those that a person has taken away are left out. */
export function treeView(question: RunQuestion, opened: OpenedRun, notes: NotesFile): ConceptTree {
  const roots = conceptTree(opened.explanation, notes.joined);
  const items = roots.flatMap((root, rank) =>
    flatTree([root]).map((node) => treeItem(question, opened, notes, node, rank)),
  );
  return { project: question.key, runId: question.runId, items };
}

function treeItem(
  { key, runId }: RunQuestion,
  { explanation }: OpenedRun,
  notes: NotesFile,
  { concept, depth, from, decomposition, parts }: TreeNode,
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
    decomposition: decomposition === undefined ? null : decompositionFacts(decomposition),
    parts: parts.map((part) => part.concept.id),
  };
}

function decompositionFacts({
  layer,
  isChosen,
  images,
  reconstruction,
  reproduction,
  stability,
  importance,
}: NonNullable<TreeNode['decomposition']>): DecompositionFacts {
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
