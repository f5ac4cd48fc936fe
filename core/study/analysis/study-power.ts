import { group, mean } from 'd3';
import { permutationTest } from '../../metrics/permutation-test.ts';
import { shareEstimate, type ShareEstimate } from '../../metrics/wilson.ts';
import { createRandom } from '../../random.ts';
import { drawAnswers } from './drawn-answers.ts';

/** What is supposed of the people and pictures of a study of two conditions. */
export interface PowerQuestion {
  /** Participants of each condition. */
  readonly participants: number;
  readonly sessions: number;
  /** Pictures asked about in each session. */
  readonly pictures: number;
  /** Accuracy in the condition that is compared with. */
  readonly accuracy: number;
  /** Accuracy of the other less that; 0.1 is ten points. */
  readonly effect: number;
  /** Standard deviations in log-odds. @default 0.5 and 0.7 */
  readonly participantSpread?: number;
  readonly pictureSpread?: number;
  /** @default 400 */
  readonly simulations?: number;
  /** @default 0 */
  readonly seed?: number;
}

/** Shares of simulated studies whose primary test is significant. */
export interface StudyPower {
  /** With its 95 % interval for the number of simulations. */
  readonly power: ShareEstimate;
  readonly simulations: number;
  /** What was supposed. */
  readonly question: Required<PowerQuestion>;
}

/** Level of the primary test, and exchanges by which each simulated study is tested. */
const [LEVEL, EXCHANGES] = [0.05, 999];

/**
 * Chance that the primary test (permutation of participants' means, two-sided, 5 %) sees a true difference, by simulating whole
 * studies from the mixed model that the analysis supposes.
 *
 * Limits  as good as what is supposed of accuracy and spreads; the spreads given by default are a guess.
 */
export function studyPower(asked: PowerQuestion): StudyPower {
  const question = { participantSpread: 0.5, pictureSpread: 0.7, simulations: 400, seed: 0, ...asked };
  const { participants, sessions, pictures, simulations, seed, participantSpread, pictureSpread } = question;
  const accuracies = [question.accuracy + question.effect, question.accuracy].map((accuracy) =>
    Array.from({ length: sessions }, () => Math.min(0.999, Math.max(0.001, accuracy))),
  );
  const random = createRandom(seed);
  let found = 0;
  for (let study = 0; study < simulations; study++) {
    const answers = drawAnswers(
      { participants, pictures, accuracies, participantSpread, pictureSpread },
      random,
    );
    const shares = [...group(answers, ({ participant }) => participant).values()].map((own) => ({
      condition: own[0].condition,
      share: mean(own, ({ isRight }) => Number(isRight)) ?? 0,
    }));
    const [a, b] = [0, 1].map((condition) =>
      shares.filter((one) => one.condition === condition).map(({ share }) => share),
    );
    const test = permutationTest(a, b, { draws: EXCHANGES, seed: seed + study });
    if (test !== undefined && test.p <= LEVEL) found++;
  }
  return { power: shareEstimate(found, simulations), simulations, question };
}
