import type { Explanation, LayerRecord } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import { LITTLE_REST } from '../../metrics/claims.ts';
import type { Evaluation, EvaluationLevel } from '../../metrics/evaluation.ts';
import {
  chooseFromFrontier,
  leastRestOf,
  type Frontier,
  type FrontierPoint,
} from '../../metrics/frontier.ts';
import { frontierCuts } from '../frontier-cuts.ts';
import type { ModelIntake } from '../model-intake.ts';
import type { Facts } from '../stage.ts';
import type { Stages } from '../stage-runner.ts';
import { FRONTIER_TRIALS, frontierStage } from '../stages/frontier.ts';

type Comparing = Stages<Extract<keyof Facts, 'intake' | 'device' | 'layer' | 'classIndex' | 'images'>>;

/**
 * Compares cuts, numbers and kinds of concepts for a question, the number that is asked for among them. What is judged is
 * stored as it is done. With `isQuick` points without a chance are judged on fewer images, so that their intervals are wider;
 * the deepest cut, which costs least, comes first then. Undefined where there is nothing to compare: one image, or a score
 * that nothing moves.
 */
export async function compareCuts(
  stages: Comparing,
  intake: ModelIntake,
  layer: LayerRecord,
  { concepts }: Pick<RunOptions, 'concepts'>,
  isQuick = false,
): Promise<Frontier | undefined> {
  const isTried = FRONTIER_TRIALS.some(({ r, active }) => r === concepts && active === undefined);
  const asked = concepts === 'auto' || isTried ? [] : [{ r: concepts }];
  const trials = [...FRONTIER_TRIALS, ...asked];
  let points: FrontierPoint[] = [];
  for (const cut of [...frontierCuts(intake, layer)].reverse()) {
    const request = { trials, ...(isQuick && { leastElsewhere: leastRestOf(points) }) };
    points = [...(await stages.about({ layer: cut }).peek(frontierStage, request)), ...points];
  }
  const best = chooseFromFrontier(points);
  return best && { points, suggested: { layer: best.layer, r: best.r, bank: best.bank } };
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
