import type { CrossedRows } from '../../metrics/crossed-bootstrap.ts';
import type { Trial } from '../trial.ts';

/** Answers as numbers, [n] each, for the statistics. */
export interface Answers extends CrossedRows {
  /** The study's numbers of the participants, by their place here. */
  readonly numbers: readonly number[];
  /** Condition of each answer, index into those asked for. */
  readonly condition: Int32Array;
  /** 0, 1, …: the session less one. */
  readonly session: Int32Array;
  /** 1 where the answer is what counts (right; or "the concept" for choices). */
  readonly hit: Uint8Array;
}

/**
 * Answers of the given conditions, in their order; others are left out. `pictureOf` says what is crossed with participants,
 * the picture or the item, `isHit` what counts.
 */
export function answersOf(
  trials: readonly Trial[],
  conditions: readonly string[],
  isHit: (trial: Trial) => boolean,
  pictureOf: (trial: Trial) => string = ({ picture }) => picture,
): Answers {
  const used = trials.filter(({ condition }) => conditions.includes(condition));
  const [people, pictures] = [placesOf(used, ({ participant }) => participant), placesOf(used, pictureOf)];
  const group = new Int32Array(people.count);
  const condition = Int32Array.from(used, (trial) => conditions.indexOf(trial.condition));
  const session = Int32Array.from(used, ({ session: number }) => number - 1);
  people.of.forEach((participant, i) => (group[participant] = condition[i]));
  return {
    numbers: people.keys,
    participant: people.of,
    participants: people.count,
    picture: pictures.of,
    pictures: pictures.count,
    group,
    pictureGroup: sessionsOf(pictures.of, pictures.count, session),
    condition,
    session,
    hit: Uint8Array.from(used, (trial) => Number(isHit(trial))),
  };
}

/** The session of each picture; where sessions exchange their pictures between participants, one group of all. */
function sessionsOf(picture: Int32Array, pictures: number, session: Int32Array): Int32Array {
  const of = new Int32Array(pictures).fill(-1);
  for (let i = 0; i < picture.length; i++) {
    const at = picture[i];
    if (of[at] >= 0 && of[at] !== session[i]) return new Int32Array(pictures);
    of[at] = session[i];
  }
  return of;
}

/** Counts as right what the study says is right. */
export function isRight({ isCorrect }: Trial): boolean {
  return isCorrect === true;
}

function placesOf<Key>(
  trials: readonly Trial[],
  keyOf: (trial: Trial) => Key,
): { of: Int32Array; count: number; keys: Key[] } {
  const places = new Map<Key, number>();
  const of = Int32Array.from(trials, (trial) => {
    const key = keyOf(trial);
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  });
  return { of, count: places.size, keys: [...places.keys()] };
}

/** Share of hits of each participant, by their place in the answers. */
export function participantShares({ participant, participants, hit }: Answers): Float64Array {
  const [hits, counts] = [new Float64Array(participants), new Float64Array(participants)];
  for (let i = 0; i < hit.length; i++) {
    hits[participant[i]] += hit[i];
    counts[participant[i]]++;
  }
  return hits.map((value, at) => value / counts[at]);
}

/**
 * Weighed share of hits in each of some cells; `cell[i]` is that of answer i. NaN: an empty cell. `more` hits and as many misses
 * are counted on top.
 */
export function cellShares(
  hit: Uint8Array,
  cell: Int32Array,
  cells: number,
  weights: Float64Array,
  more = 0,
): Float64Array {
  const [hits, counts] = [new Float64Array(cells), new Float64Array(cells)];
  for (let i = 0; i < hit.length; i++) {
    counts[cell[i]] += weights[i];
    hits[cell[i]] += weights[i] * hit[i];
  }
  return hits.map((value, at) => (value + more) / (counts[at] + 2 * more));
}
