import { crossedInterval } from '../../metrics/crossed-bootstrap.ts';
import { wilson } from '../../metrics/wilson.ts';
import { cellShares, type Answers } from './answers.ts';
import { noFigure, ONE_PARTICIPANT, type StudyFigure } from './study-figure.ts';

/** Why a share is missing. */
export const NO_ANSWERS = 'nobody whose answers count was asked';
/** Why a comparison has no interval. */
export const NO_SPREAD =
  'too few participants or pictures, or they do not differ: nothing tells how far it may be off';

/** A share of answers: how many, and the share with its interval. */
export interface ShareOfAnswers extends StudyFigure {
  readonly hits: number;
  readonly answers: number;
  readonly participants: number;
}

/**
 * Share of hits among answers, with its interval over other participants and other pictures (pigeonhole bootstrap), which is
 * at least that of as many independent answers (Wilson). One participant: no interval.
 */
export function shareOfAnswers(answers: Answers, seed: number): ShareOfAnswers {
  const { hit, participants } = answers;
  const n = hit.length;
  const hits = hit.reduce((sum, value) => sum + value, 0);
  const counts = { hits, answers: n, participants };
  if (n === 0) return { ...counts, ...noFigure(NO_ANSWERS) };
  if (participants < 2) return { ...counts, value: hits / n, interval: null, reason: ONE_PARTICIPANT };
  const all = new Int32Array(n);
  const crossed = crossedInterval(answers, (weights) => cellShares(hit, all, 1, weights)[0], { seed });
  const [low, high] = wilson(hits, n);
  const interval = {
    low: Math.max(0, Math.min(low, crossed?.low ?? 1)),
    high: Math.min(1, Math.max(high, crossed?.high ?? 0)),
  };
  return { ...counts, value: hits / n, interval, reason: null };
}

/** The answers of one condition, and of one session if given, with participants and pictures numbered anew. */
export function someAnswers(answers: Answers, condition: number, session?: number): Answers {
  const at = [...answers.hit.keys()].filter(
    (i) => answers.condition[i] === condition && (session === undefined || answers.session[i] === session),
  );
  const [people, pictures] = [anew(at, answers.participant), anew(at, answers.picture)];
  return {
    numbers: people.kept.map((place) => answers.numbers[place]),
    participant: people.of,
    participants: people.kept.length,
    group: new Int32Array(people.kept.length),
    picture: pictures.of,
    pictures: pictures.kept.length,
    pictureGroup: Int32Array.from(pictures.kept, (place) => answers.pictureGroup[place]),
    condition: Int32Array.from(at, (i) => answers.condition[i]),
    session: Int32Array.from(at, (i) => answers.session[i]),
    hit: Uint8Array.from(at, (i) => answers.hit[i]),
  };
}

function anew(at: readonly number[], places: ArrayLike<number>): { of: Int32Array; kept: number[] } {
  const numbers = new Map<number, number>();
  const of = Int32Array.from(at, (i) => {
    const number = numbers.get(places[i]) ?? numbers.size;
    numbers.set(places[i], number);
    return number;
  });
  return { of, kept: [...numbers.keys()] };
}
