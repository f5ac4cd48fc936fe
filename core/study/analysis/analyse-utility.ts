import { oneWayAnova, tukeyPairs, type Anova, type PairDifference } from '../../metrics/anova.ts';
import type { Study, StudyMaterial } from '../study.ts';
import type { Trial } from '../trial.ts';
import { answersOf, isRight, participantShares } from './answers.ts';
import { contrastsOf, pairsOf, type Contrast, type Pair } from './contrasts.ts';
import { mixedFigures, type MixedFigures } from './mixed-figures.ts';
import {
  answerTimes,
  calibrationOf,
  detectionFigure,
  type AnswerTimes,
  type Calibration,
} from './person-figures.ts';
import { shareOfAnswers, someAnswers, type ShareOfAnswers } from './shares.ts';
import { known, notKnown, type Known, type StudyFigure } from './study-figure.ts';
import { conditionUtility, type ConditionUtility } from './utility-ratios.ts';

/** Where a condition leaves no room to see a difference. */
export type Room = 'floor' | 'ceiling' | 'between' | 'unknown';

/** What became of the participants of one condition. */
export interface ConditionFigures {
  readonly condition: string;
  readonly accuracy: ShareOfAnswers;
  readonly sessions: readonly ShareOfAnswers[];
  /** d′. */
  readonly detection: StudyFigure;
  readonly calibration: Calibration;
  readonly times: AnswerTimes;
  readonly room: Room;
}

/** One-way analysis of variance of participants' accuracies, for comparison with papers that report it. */
export interface AnovaFigures extends Anova {
  readonly pairs: readonly (Omit<PairDifference, 'first' | 'second'> & Pair)[];
}

/** How well people predict the model after learning with each condition. */
export interface UtilityAnalysis {
  readonly kind: 'utility';
  readonly sessions: number;
  readonly conditions: readonly ConditionFigures[];
  /** Condition that utilities are relative to; null where the study has one condition. */
  readonly control: string | null;
  readonly utilities: readonly ConditionUtility[];
  readonly contrasts: readonly Contrast[];
  readonly anova: Known<AnovaFigures>;
  readonly mixed: Known<MixedFigures>;
}

/** Less than this above chance is the floor; more than this is the ceiling. */
const [ABOVE_FLOOR, CEILING] = [0.05, 0.95];

/** Analyses a utility study by the answers that count. */
export function analyseUtility(
  study: Study,
  material: Extract<StudyMaterial, { kind: 'utility' }>,
  trials: readonly Trial[],
  chance: number,
): UtilityAnalysis {
  const { conditions, seed } = study;
  const sessions = material.sessions.length;
  const answers = answersOf(trials, conditions, isRight);
  const figures = conditions.map((condition, at): ConditionFigures => {
    const own = trials.filter((trial) => trial.condition === condition);
    const accuracy = shareOfAnswers(someAnswers(answers, at), seed);
    return {
      condition,
      accuracy,
      sessions: Array.from({ length: sessions }, (_, k) => shareOfAnswers(someAnswers(answers, at, k), seed)),
      detection: detectionFigure(own),
      calibration: calibrationOf(own, chance),
      times: answerTimes(own),
      room: roomOf(accuracy.value, chance),
    };
  });
  const control = controlOf(study);
  const others = conditions.filter((condition) => condition !== control);
  return {
    kind: 'utility',
    sessions,
    conditions: figures,
    control,
    utilities:
      control === null
        ? []
        : others.map((condition) => {
            const pair = answersOf(trials, [condition, control], isRight);
            return conditionUtility(condition, pair, sessions, seed);
          }),
    contrasts: contrastsOf(study, trials),
    anova: anovaFigures(study, trials),
    mixed: mixedFigures(study, trials, sessions),
  };
}

function controlOf({ conditions, contrast }: Study): string | null {
  if (conditions.length < 2) return null;
  return conditions.includes('control') ? 'control' : (contrast?.against ?? conditions[0]);
}

function roomOf(accuracy: number | null, chance: number): Room {
  if (accuracy === null) return 'unknown';
  if (accuracy < chance + ABOVE_FLOOR) return 'floor';
  return accuracy > CEILING ? 'ceiling' : 'between';
}

function anovaFigures(study: Study, trials: readonly Trial[]): Known<AnovaFigures> {
  const answers = answersOf(trials, study.conditions, isRight);
  const shares = participantShares(answers);
  const groups = study.conditions.map((_, at) =>
    [...shares].filter((_, person) => answers.group[person] === at),
  );
  const anova = oneWayAnova(groups);
  if (anova === undefined)
    return notKnown('it needs two conditions with participants whose accuracies differ within them');
  const compared = tukeyPairs(groups);
  const pairs = pairsOf(study).flatMap(({ condition, against }) => {
    const at = [condition, against].map((name) => study.conditions.indexOf(name));
    return compared
      .filter(({ first, second }) => at.includes(first) && at.includes(second))
      .map(({ first, difference, low, high, p }) => ({
        ...{ condition, against, p },
        ...(first === at[0]
          ? { difference, low, high }
          : { difference: -difference, low: -high, high: -low }),
      }));
  });
  return known({ ...anova, pairs });
}
