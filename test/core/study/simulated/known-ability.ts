import { logistic } from '../../../../core/mixed-model/design.ts';
import { streamOf } from '../../../../core/study/stream.ts';
import type { StudyMaterial } from '../../../../core/study/study.ts';
import { choicesOf, questionOf } from '../../../../core/study/simulated/question.ts';
import type { MindMaker } from '../../../../core/study/simulated/simulate-study.ts';

/** What is true of simulated people of known ability, in log-odds. */
export interface KnownAbility {
  /** Of a right answer in a condition and session (1, 2, …), of a usual person and picture. */
  readonly logOdds: (condition: string, session: number) => number;
  /** Standard deviations over people and over questions. */
  readonly participantSpread: number;
  readonly questionSpread: number;
}

/**
 * People who are right as often as the mixed model says that analyses them: an oracle for it. Questions are as hard for all of
 * them, by `seed`; practice, quiz and catch questions they answer rightly.
 */
export function knownAbility(
  material: StudyMaterial,
  { logOdds, participantSpread, questionSpread }: KnownAbility,
  seed: number,
): MindMaker {
  const random = streamOf(seed, 'questions');
  const shift = new Map(material.items.map(({ id }) => [id, questionSpread * random.normal()]));
  const choices = choicesOf(material);
  return (_, condition, own) => {
    const ability = participantSpread * own.normal();
    return {
      learn: () => undefined,
      answer: ({ item, session, as }) => {
        const right = questionOf(material, item).answer ?? 0;
        const share = logistic(logOdds(condition, session) + ability + shift.get(item)!);
        const isRight = as !== 'test' || own.uniform() < share;
        const wrong = (right + 1 + own.integer(choices - 1)) % choices;
        return { response: isRight ? right : wrong, sureness: share, milliseconds: 3000 };
      },
    };
  };
}
