import { logistic } from '../../mixed-model/design.ts';
import { gaussLegendre } from '../../metrics/gauss-legendre.ts';
import { normalDensity } from '../../metrics/normal-distribution.ts';
import type { Random } from '../../random.ts';

/** People of known ability: the mixed model that a study's answers are analysed by. */
export interface AbilityModel {
  /** Participants of each condition. */
  readonly participants: number;
  /** Pictures that each participant is asked about in each session; the same for all. */
  readonly pictures: number;
  /** Accuracy over all people and pictures, by condition and session; 0 < accuracy < 1. */
  readonly accuracies: readonly (readonly number[])[];
  /** Standard deviations in log-odds: how much people differ, and how much pictures do. */
  readonly participantSpread: number;
  readonly pictureSpread: number;
}

/** An answer that was drawn. */
export interface DrawnAnswer {
  /** 0, 1, … over all conditions; sessions and pictures likewise. */
  readonly participant: number;
  readonly condition: number;
  readonly session: number;
  readonly picture: number;
  readonly isRight: boolean;
}

/** Draws all answers of a study from the model; people and pictures are drawn anew each time. */
export function drawAnswers(model: AbilityModel, random: Random): DrawnAnswer[] {
  const { participants, pictures, accuracies, participantSpread, pictureSpread } = model;
  const spread = Math.hypot(participantSpread, pictureSpread);
  const centres = accuracies.map((sessions) => sessions.map((accuracy) => centreOf(accuracy, spread)));
  const sessions = accuracies[0].length;
  const shifts = Array.from({ length: sessions * pictures }, () => pictureSpread * random.normal());
  return centres.flatMap((centre, condition) =>
    Array.from({ length: participants }, (_, k) => k + condition * participants).flatMap((participant) => {
      const ability = participantSpread * random.normal();
      return shifts.map((shift, picture) => {
        const session = Math.floor(picture / pictures);
        const isRight = random.uniform() < logistic(centre[session] + ability + shift);
        return { participant, condition, session, picture, isRight };
      });
    }),
  );
}

const NORMAL = gaussLegendre(-8, 8, 4);

/** Log-odds around which normal log-odds of this spread give the accuracy on average, by bisection. */
function centreOf(accuracy: number, spread: number): number {
  const meanAt = (centre: number): number =>
    NORMAL.nodes.reduce(
      (sum, z, at) => sum + NORMAL.weights[at] * normalDensity(z) * logistic(centre + spread * z),
      0,
    );
  let [low, high] = [-40, 40];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < accuracy) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
