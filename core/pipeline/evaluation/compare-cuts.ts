import type { Explanation, LayerRecord } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import { LITTLE_REST } from '../../metrics/claims.ts';
import type { Evaluation, EvaluationLevel } from '../../metrics/evaluation.ts';
import { chooseFromFrontier, type Frontier, type FrontierPoint } from '../../metrics/frontier.ts';
import { frontierCuts } from '../frontier-cuts.ts';
import type { ModelIntake } from '../model-intake.ts';
import type { Facts } from '../stage.ts';
import type { Stages } from '../stage-runner.ts';
import { FRONTIER_NUMBERS, frontierStage } from '../stages/frontier.ts';

type Comparing = Stages<Extract<keyof Facts, 'intake' | 'device' | 'layer' | 'classIndex' | 'images'>>;

/**
 * Compares cuts and numbers of concepts for a question, the number that is asked for among them. Every point is stored as
 * it is done. Undefined where there is nothing to compare: one image, or a score that nothing moves.
 */
export async function compareCuts(
  stages: Comparing,
  intake: ModelIntake,
  layer: LayerRecord,
  { concepts }: Pick<RunOptions, 'concepts'>,
): Promise<Frontier | undefined> {
  const asked = concepts === 'auto' ? [] : [concepts];
  const numbers = [...new Set([...FRONTIER_NUMBERS, ...asked])].sort((a, b) => a - b);
  const points: FrontierPoint[] = [];
  for (const cut of frontierCuts(intake, layer))
    points.push(...(await stages.about({ layer: cut }).peek(frontierStage, numbers)));
  const best = chooseFromFrontier(points);
  return best && { points, suggested: { layer: best.layer, r: best.r } };
}

/** Are other cuts worth a look: in a full evaluation, and wherever the concepts do not carry the decision? */
export function isWorthComparing(
  level: EvaluationLevel,
  evaluation: Pick<Evaluation, 'heldOut'>,
  { rest }: Pick<Explanation, 'rest'>,
): boolean {
  const left = evaluation.heldOut?.rest ?? rest;
  return level === 'full' || (left !== undefined && left.mean > LITTLE_REST);
}
