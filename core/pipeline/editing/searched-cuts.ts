import type { Explanation, LayerRecord } from '../../concepts/explanation.ts';
import { channelsOf } from '../../concepts/latent-rows.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import type { EditedConcept } from '../../editing/edit-proof.ts';
import { TesseraError } from '../../errors.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { OnProgress } from '../../platform.ts';
import { otherConceptName } from '../../wording/edit-words.ts';
import { frontierCuts } from '../frontier-cuts.ts';
import type { WorkScope } from '../run-context.ts';
import type { ScoredModel } from '../scored-model.ts';
import { openStages } from '../stage-runner.ts';
import { bankStage } from '../stages/bank.ts';
import { coefficientsStage } from '../stages/coefficients.ts';
import type { EditedRun } from './plan-edit.ts';
import type { SearchedCut } from './search-edit.ts';

/**
 * The cut of a run with its concepts, rows of the bank, those that were merged together; from the most important on, where of
 * merged ones the most important counts.
 */
export function cutOfRun(run: EditedRun, concepts: readonly (readonly number[])[]): SearchedCut {
  const importance = new Map(
    run.explanation.concepts.map(({ id, importance: { mean } }) => [rowOfId(id), mean]),
  );
  const weight = (rows: readonly number[]): number =>
    Math.max(...rows.map((row) => importance.get(row) ?? 0));
  return { run, concepts: concepts.toSorted((a, b) => weight(b) - weight(a)) };
}

/**
 * The other cuts that are worth a try (`frontierCuts`), each with a bank of as many concepts made there of the run's
 * explained images; those of the largest mean amount first. Banks are kept in the project's cache. Takes minutes where
 * images are many. Throws as the stages do.
 */
export async function otherCuts(
  scope: WorkScope,
  intake: ScoredModel,
  run: EditedRun,
  options: RunOptions,
): Promise<SearchedCut[]> {
  const { layer: own } = run.explanation;
  const others = frontierCuts(intake, own).filter(({ tensor }) => tensor !== own.tensor);
  const cuts: SearchedCut[] = [];
  for (const [at, layer] of others.entries()) {
    scope.signal?.throwIfAborted();
    const part = { of: 'layer', at: at + 1, most: others.length } as const;
    const onProgress: OnProgress = (stand) => scope.onProgress({ ...stand, part });
    cuts.push(await cutThere({ ...scope, onProgress }, intake, run, options, layer));
  }
  return cuts;
}

/** One of {@link otherCuts}, by its tensor, again. Throws TesseraError 'unknown-name' for none of them. */
export async function otherCut(
  scope: WorkScope,
  intake: ScoredModel,
  run: EditedRun,
  options: RunOptions,
  tensor: string,
): Promise<SearchedCut> {
  const found = frontierCuts(intake, run.explanation.layer).find((layer) => layer.tensor === tensor);
  if (found !== undefined) return cutThere(scope, intake, run, options, found);
  throw new TesseraError('unknown-name', `The search looks for no edit at "${tensor}".`, {
    hint: 'Look for the least change again.',
  });
}

async function cutThere(
  scope: WorkScope,
  intake: ScoredModel,
  run: EditedRun,
  options: RunOptions,
  layer: LayerRecord,
): Promise<SearchedCut> {
  const { explanation, conceptBank, explained } = run;
  const concepts = Math.min(conceptBank.rows, channelsOf(layer));
  const facts = { intake, device: scope.device, layer, images: explained, sharedBank: null };
  const about = { ...facts, classIndex: intake.score.column };
  const own: RunOptions = { ...options, layer: layer.tensor, sharing: 'each', refine: false, concepts };
  const stages = openStages(scope, about, own);
  const { conceptBank: bank } = await stages.get(bankStage);
  const { coefficients } = await stages.get(coefficientsStage);
  const there: Explanation = { ...explanation, layer };
  return {
    run: { ...run, explanation: there, conceptBank: bank, coefficients },
    concepts: byAmount(coefficients, bank.rows).map((row) => [row]),
  };
}

/** What concepts at another cut, rows of its bank, are called: nobody has named them. */
export function conceptsAt(tensor: string, rows: readonly number[], factor: number): EditedConcept[] {
  return rows.map((row) => ({ id: `c${row} ${tensor}`, name: otherConceptName(row, tensor), factor }));
}

function byAmount(coefficients: readonly Matrix[], r: number): number[] {
  const sums = new Float64Array(r);
  for (const { data } of coefficients) data.forEach((value, i) => (sums[i % r] += value));
  return [...sums.keys()].sort((a, b) => sums[b] - sums[a]);
}
