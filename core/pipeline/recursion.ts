import type { Concept, Decomposition, Explanation } from '../concepts/explanation.ts';
import { withoutDecomposition } from '../concepts/recursion/concept-tree.ts';
import { isGoodDecomposition } from '../concepts/recursion/decomposition-verdict.ts';
import { TesseraError } from '../errors.ts';
import { changeProject } from '../project/change-lock.ts';
import type { ProcessIdentity } from '../project/lock-file.ts';
import { loadRun, type Project } from '../project/project-folder.ts';
import type { PartTensors, RunTensors } from '../project/run-tensors.ts';
import { loadRunTensors, saveParts } from '../project/tensors-file.ts';
import { openStageStore } from '../project/stage-store.ts';
import type { ScoredScope, WorkScope } from './run-context.ts';
import {
  decomposeConcept,
  type DecompositionContext,
  type DecompositionRequest,
} from './decompose-concept.ts';
import { requireSameImages } from './input-changes.ts';
import { parentConcept } from './parent-concept.ts';
import { loadNotes, saveNotes } from '../project/run-notes.ts';
import { UNFINISHED_HINT, unfinishedText } from '../wording/unfinished-words.ts';

/** What the automatic mode goes by, beside {@link isGoodDecomposition}. */
const TREE_LIMITS = {
  /** Levels below the concepts of the run, in the automatic mode. */
  depth: 2,
  /** Concepts and parts in all that are tried, so that a run has an end. */
  tries: 16,
  /** A concept or part that matters less than this is left whole. */
  importance: 0.05,
} as const;

/** An explanation with its parts, and their arrays. */
export interface GrownTree {
  readonly explanation: Explanation;
  readonly tensors: RunTensors;
}

/**
 * Decomposes the concepts of a run level by level, the most important first.
 *
 * The option `recurse` is the number of levels, every decomposition kept; or 'auto': {@link TREE_LIMITS} levels, only good
 * ones kept; absent: none. Concepts in too few images, or without an earlier cut, are left whole. Each decomposition is
 * stored as it is done.
 */
export async function growTree(
  context: Omit<DecompositionContext, 'explanation'>,
  grown: GrownTree,
): Promise<GrownTree> {
  const { recurse = 0 } = context.options;
  const isAuto = recurse === 'auto';
  const depth = isAuto ? TREE_LIMITS.depth : recurse;
  let tree = grown;
  let tried = 0;
  let level = toDecompose(grown.explanation.concepts);
  for (let below = 0; below < depth && level.length > 0; below++) {
    const next: Concept[] = [];
    const budget = Math.min(level.length, TREE_LIMITS.tries - tried);
    for (const [i, concept] of level.slice(0, budget).entries()) {
      const onProgress: DecompositionContext['onProgress'] = ({ stage, done, total }) =>
        context.onProgress({ stage, done: Math.round(100 * (i + done / total)), total: 100 * budget });
      const own = { ...context, explanation: tree.explanation, onProgress };
      const outcome = await tryDecomposing(own, tree, concept.id, { isChosen: !isAuto });
      tried++;
      if (outcome === undefined) continue;
      tree = withDecomposition(tree, outcome.decomposition, outcome.tensors);
      next.push(...toDecompose(outcome.decomposition.parts));
    }
    context.onProgress({ stage: 'parts', done: 100 * budget, total: 100 * budget });
    level = next;
  }
  return tree;
}

function toDecompose(concepts: readonly Concept[]): Concept[] {
  return concepts.filter(({ importance }) => importance.mean >= TREE_LIMITS.importance);
}

/** The decomposition if it can be made and, when it was not asked for, is good. */
async function tryDecomposing(
  context: DecompositionContext,
  tree: GrownTree,
  id: string,
  request: DecompositionRequest,
) {
  const parent = parentConcept(tree.explanation, tree.tensors, id);
  try {
    const outcome = await decomposeConcept(context, parent, request);
    return outcome !== undefined && (request.isChosen || isGoodDecomposition(outcome.decomposition))
      ? outcome
      : undefined;
  } catch (error) {
    // Too few images or places, or no earlier cut: this one is left whole.
    if (error instanceof TesseraError && error.code === 'bad-usage') return undefined;
    throw error;
  }
}

function withDecomposition(
  { explanation, tensors }: GrownTree,
  added: Decomposition,
  own: PartTensors,
): GrownTree {
  const splits = [...withoutDecomposition(explanation.splits ?? [], added.parent), added];
  const parts = new Map([...tensors.parts, [added.parent, own] as const]);
  const kept = splits.map(({ parent }) => [parent, parts.get(parent)!] as const);
  return { explanation: { ...explanation, splits }, tensors: { ...tensors, parts: new Map(kept) } };
}

/**
 * Decomposes one concept or part of a finished run and stores its parts with the run, in the place of an earlier one of
 * the same concept and all below it.
 *
 * Throws as {@link decomposeConcept}; 'bad-usage' for a merged concept; 'bad-project' for a run that has not finished; 'unknown-name' for the run or concept.
 */
export async function decomposeInRun(
  scope: ScoredScope & WorkScope,
  runId: string,
  concept: string,
  request: Omit<DecompositionRequest, 'isChosen'>,
): Promise<Decomposition> {
  const run = await loadRun(scope.project, runId);
  const { explanation } = run;
  if (explanation === undefined) {
    throw new TesseraError('bad-project', unfinishedText(runId, 'decompose'), { hint: UNFINISHED_HINT });
  }
  await requireUnmerged(scope.project, runId, concept);
  await requireSameImages(scope.project, run);
  const tensors = await loadRunTensors(scope.project, runId);
  const parent = parentConcept(explanation, tensors, concept);
  const store = openStageStore(scope.project, run, {
    ...(scope.environment.warn && { warn: scope.environment.warn }),
  });
  const { options } = run;
  const context: DecompositionContext = { ...scope, keep: store.stage, options, explanation };
  const outcome = await decomposeConcept(context, parent, { ...request, isChosen: true });
  const { decomposition } = outcome!;
  const tree = withDecomposition({ explanation, tensors }, decomposition, outcome!.tensors);
  await changeProject(scope.project, scope.environment.self, async () => {
    await showAgain(scope.project, runId, concept);
    await saveParts(scope.project, runId, tree.tensors);
    await store.finish({ explanation: tree.explanation });
  });
  return decomposition;
}

/** Throws 'bad-usage' for a concept, or a part of one, that is merged with others: parts are of one concept by itself. */
export async function requireUnmerged(project: Project, runId: string, concept: string): Promise<void> {
  const { merged } = await loadNotes(project, runId);
  if (!merged.some((group) => group.includes(concept.split('-')[0]))) return;
  throw new TesseraError('bad-usage', 'A merged concept cannot be decomposed into parts.', {
    hint: 'Unmerge it first: parts are found of one concept by itself.',
  });
}

/**
 * Takes the parts of a concept out of sight, with all below them; the numbers are kept with the run, and decomposing it
 * again with the same options takes no time. 'unknown-name' for a concept without parts.
 */
export async function hidePartsInRun(
  project: Project,
  runId: string,
  concept: string,
  self: ProcessIdentity,
): Promise<void> {
  await changeProject(project, self, async () => {
    const { explanation } = await loadRun(project, runId);
    const notes = await loadNotes(project, runId);
    const hasParts = explanation?.splits?.some(({ parent }) => parent === concept) ?? false;
    if (!hasParts || notes.joined?.includes(concept)) {
      throw new TesseraError('unknown-name', `${concept} has no parts.`, {
        hint: 'Name a concept that has been decomposed.',
      });
    }
    await saveNotes(project, runId, { ...notes, joined: [...(notes.joined ?? []), concept] });
  });
}

/** The parts of a concept that is decomposed anew are in sight again. */
async function showAgain(project: Project, runId: string, concept: string): Promise<void> {
  const notes = await loadNotes(project, runId);
  if (notes.joined?.includes(concept) !== true) return;
  await saveNotes(project, runId, { ...notes, joined: notes.joined.filter((id) => id !== concept) });
}
