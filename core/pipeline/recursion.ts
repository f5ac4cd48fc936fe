import type { Concept, ConceptSplit, Explanation } from '../concepts/explanation.ts';
import { withoutSplit } from '../concepts/recursion/concept-tree.ts';
import { isGoodSplit } from '../concepts/recursion/split-verdict.ts';
import { TesseraError } from '../errors.ts';
import { changeProject } from '../project/change-lock.ts';
import type { ProcessIdentity } from '../project/write-lock.ts';
import { loadNotes, loadRun, saveNotes, type Project } from '../project/project-folder.ts';
import type { PartTensors, RunTensors } from '../project/run-tensors.ts';
import { loadRunTensors, saveRunTensors } from '../project/tensors-file.ts';
import { openStageStore } from '../project/stage-store.ts';
import type { ModelScope, WorkScope } from './run-context.ts';
import { splitConcept, type SplitContext, type SplitRequest } from './split-concept.ts';
import { splitParent } from './split-parent.ts';

/** What the automatic mode goes by, beside {@link isGoodSplit}. */
const TREE_LIMITS = {
  /** Levels below the concepts of the run, in the automatic mode. */
  depth: 2,
  /** Splits in all that are tried, so that a run has an end. */
  splits: 16,
  /** A concept or part that matters less than this is left whole. */
  importance: 0.05,
} as const;

/** An explanation with its splits, and their arrays. */
export interface GrownTree {
  readonly explanation: Explanation;
  readonly tensors: RunTensors;
}

/**
 * Splits the concepts of a run level by level, the most important first.
 *
 * The option `recurse` is the number of levels, every split kept; or 'auto': {@link TREE_LIMITS} levels, only good
 * splits kept; absent: none. Concepts in too few images, or without an earlier cut, are left whole. Each split is stored as it is done.
 */
export async function growTree(
  context: Omit<SplitContext, 'explanation'>,
  grown: GrownTree,
): Promise<GrownTree> {
  const { recurse = 0, parts } = context.options;
  const isAuto = recurse === 'auto';
  const depth = isAuto ? TREE_LIMITS.depth : recurse;
  let tree = grown;
  let tried = 0;
  let level = toSplit(grown.explanation.concepts);
  for (let below = 0; below < depth && level.length > 0; below++) {
    const next: Concept[] = [];
    const budget = Math.min(level.length, TREE_LIMITS.splits - tried);
    for (const [i, concept] of level.slice(0, budget).entries()) {
      const onProgress: SplitContext['onProgress'] = ({ stage, done, total }) =>
        context.onProgress({ stage, done: Math.round(100 * (i + done / total)), total: 100 * budget });
      const own = { ...context, explanation: tree.explanation, onProgress };
      const outcome = await trySplit(own, tree, concept.id, { parts, isChosen: !isAuto });
      tried++;
      if (outcome === undefined) continue;
      tree = withSplit(tree, outcome.split, outcome.tensors);
      next.push(...toSplit(outcome.split.parts));
    }
    context.onProgress({ stage: 'parts', done: 100 * budget, total: 100 * budget });
    level = next;
  }
  return tree;
}

function toSplit(concepts: readonly Concept[]): Concept[] {
  return concepts.filter(({ importance }) => importance.mean >= TREE_LIMITS.importance);
}

/** The split if it can be made and, when it was not asked for, is good. */
async function trySplit(context: SplitContext, tree: GrownTree, id: string, request: SplitRequest) {
  const parent = splitParent(tree.explanation, tree.tensors, id);
  try {
    const outcome = await splitConcept(context, parent, request);
    return outcome !== undefined && (request.isChosen || isGoodSplit(outcome.split)) ? outcome : undefined;
  } catch (error) {
    // Too few images or places, or no earlier cut: this one stays whole.
    if (error instanceof TesseraError && error.code === 'bad-usage') return undefined;
    throw error;
  }
}

function withSplit({ explanation, tensors }: GrownTree, split: ConceptSplit, own: PartTensors): GrownTree {
  const splits = [...withoutSplit(explanation.splits ?? [], split.parent), split];
  const parts = new Map([...tensors.parts, [split.parent, own] as const]);
  const kept = splits.map(({ parent }) => [parent, parts.get(parent)!] as const);
  return { explanation: { ...explanation, splits }, tensors: { ...tensors, parts: new Map(kept) } };
}

/**
 * Splits one concept or part of a finished run and stores the split with the run, in the place of an earlier one of
 * the same concept and all below it.
 *
 * Throws as {@link splitConcept}; 'bad-project' for a run that has not ended; 'unknown-name' for the run or concept.
 */
export async function splitInRun(
  scope: ModelScope & WorkScope,
  runId: string,
  concept: string,
  request: Omit<SplitRequest, 'isChosen'>,
): Promise<ConceptSplit> {
  const run = await loadRun(scope.project, runId);
  const { explanation } = run;
  if (explanation === undefined) {
    throw new TesseraError('bad-project', `Run ${runId} has not ended; there is nothing to split yet.`, {
      hint: 'Start the run again: it continues where it stopped.',
    });
  }
  const tensors = await loadRunTensors(scope.project, runId);
  const parent = splitParent(explanation, tensors, concept);
  const store = openStageStore(scope.project, run);
  const { options } = run;
  const context: SplitContext = { ...scope, keep: store.stage, options, explanation };
  const outcome = await splitConcept(context, parent, { ...request, isChosen: true });
  const { split } = outcome!;
  const tree = withSplit({ explanation, tensors }, split, outcome!.tensors);
  await changeProject(scope.project, scope.environment.self, async () => {
    await showAgain(scope.project, runId, concept);
    await saveRunTensors(scope.project, runId, tree.tensors);
    await store.finish({ explanation: tree.explanation });
  });
  return split;
}

/**
 * Takes the split of a concept out of sight, with all below it; the numbers stay with the run, and splitting it again
 * the same way takes no time. 'unknown-name' for a concept that is not split.
 */
export async function joinInRun(
  project: Project,
  runId: string,
  concept: string,
  self: ProcessIdentity,
): Promise<void> {
  await changeProject(project, self, async () => {
    const { explanation } = await loadRun(project, runId);
    const notes = await loadNotes(project, runId);
    const isSplit = explanation?.splits?.some(({ parent }) => parent === concept) ?? false;
    if (!isSplit || notes.joined?.includes(concept)) {
      throw new TesseraError('unknown-name', `${concept} is not split.`, {
        hint: 'Name a concept that has parts.',
      });
    }
    await saveNotes(project, runId, { ...notes, joined: [...(notes.joined ?? []), concept] });
  });
}

/** A concept that is split anew is no longer out of sight. */
async function showAgain(project: Project, runId: string, concept: string): Promise<void> {
  const notes = await loadNotes(project, runId);
  if (notes.joined?.includes(concept) !== true) return;
  await saveNotes(project, runId, { ...notes, joined: notes.joined.filter((id) => id !== concept) });
}
