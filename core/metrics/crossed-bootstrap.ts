import { invariant } from '../errors.ts';
import { createRandom, type Random } from '../random.ts';
import { quantile } from '../sensitivity/bootstrap.ts';
import { studentQuantile975 } from '../sensitivity/student-quantile.ts';

/** Observations that belong to a person and to a picture each, [n]. */
export interface CrossedRows {
  readonly participant: ArrayLike<number>;
  /** Group of each participant, of which as many are drawn as there are (the condition), by participant. */
  readonly group: ArrayLike<number>;
  readonly picture: ArrayLike<number>;
  /** Group of each picture, likewise (the session), by picture. */
  readonly pictureGroup: ArrayLike<number>;
  /** Participants are 0 … participants - 1, pictures likewise. */
  readonly participants: number;
  readonly pictures: number;
}

/** Figures of weighed observations: means, differences or ratios of means, say. NaN where one is not defined. */
export type WeighedFigures = (weights: Float64Array) => readonly number[];

/** A figure with its 95 % interval over other participants and other pictures. */
export interface CrossedEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How many draws, and on which scale deviations are taken: `log` for ratios. */
export interface CrossedOptions {
  /** @default 1000 */
  readonly draws?: number;
  /** @default 0 */
  readonly seed?: number;
  /** @default 'plain' */
  readonly scale?: 'plain' | 'log';
}

/** Draws in which a figure may be undefined, as a share, before there is no interval. */
const MOST_UNDEFINED = 0.02;
/** Draws for each of the three variances, which need fewer than the ends of an interval. */
const DRAWS_ALONE = 400;

/**
 * 95 % intervals of some figures if one took other people of the same kind and other pictures of the same kind; undefined
 * where a figure is, where there are too few of either to say (no more than they have groups), or nothing varies.
 *
 * Method  the pigeonhole bootstrap: people and pictures are drawn with replacement within their groups, an observation
 *         counts as often as both. By itself it counts the chance of single answers three times, so that its deviations are
 *         scaled to the variance V_people + V_pictures - V_answers, from draws of each alone (at least to the largest of
 *         the three), and enlarged by Student's t with Satterthwaite's degrees of freedom.
 * Source  Owen 2007, "The pigeonhole bootstrap"; Cameron, Gelbach and Miller 2011 for the variance; McCullagh 2000 shows that no
 *         bootstrap of crossed data is right in every case.
 * Throws  BugError where a participant or a picture is out of range.
 */
export function crossedIntervals(
  rows: CrossedRows,
  figures: WeighedFigures,
  { draws = 1000, seed = 0, scale = 'plain' }: CrossedOptions = {},
): (CrossedEstimate | undefined)[] {
  checkRows(rows);
  const values = figures(new Float64Array(rows.participant.length).fill(1));
  const onScale = scale === 'log' ? Math.log : (value: number): number => value;
  const sets: DrawnSets = [membersOf(rows.group), membersOf(rows.pictureGroup)];
  const kinds = [
    { drawn: rows.participants, degrees: rows.participants - sets[0].length },
    { drawn: rows.pictures, degrees: rows.pictures - sets[1].length },
  ] as const;
  if (kinds.some(({ degrees }) => degrees < 1)) return values.map(() => undefined);
  const random = createRandom(seed);
  const weights = new Float64Array(rows.participant.length);
  const byKind = KINDS.map((kind) => {
    const deviations: number[][] = values.map(() => []);
    const count = kind === 'both' ? draws : Math.min(draws, DRAWS_ALONE);
    for (let draw = 0; draw < count; draw++) {
      weighBy(kind, weights, rows, sets, random);
      figures(weights).forEach((drawn, at) => {
        const deviation = onScale(drawn) - onScale(values[at]);
        if (Number.isFinite(deviation)) deviations[at].push(deviation);
      });
    }
    return deviations.map((of) =>
      of.length < (1 - MOST_UNDEFINED) * count ? undefined : Float64Array.from(of),
    );
  });
  return values.map((value, at) => {
    const ends = endsOf(
      byKind.map((deviations) => deviations[at]),
      kinds,
    );
    if (ends === undefined) return undefined;
    const [low, high] = ends.map((end) => (scale === 'log' ? value * Math.exp(end) : value + end));
    return { value, low: Math.min(value, low), high: Math.max(value, high) };
  });
}

/** The interval of a single figure, as {@link crossedIntervals}. */
export function crossedInterval(
  rows: CrossedRows,
  figure: (weights: Float64Array) => number,
  options: CrossedOptions = {},
): CrossedEstimate | undefined {
  return crossedIntervals(rows, (weights) => [figure(weights)], options)[0];
}

const KINDS = ['both', 'people', 'pictures', 'answers'] as const;

interface Drawn {
  /** People or pictures, and how many of them are free to vary. */
  readonly drawn: number;
  readonly degrees: number;
}

/** Ends of the interval as deviations from the figure, from its deviations in the draws of each kind. */
function endsOf(
  [both, people, pictures, answers]: readonly (Float64Array | undefined)[],
  kinds: readonly [Drawn, Drawn],
): readonly [low: number, high: number] | undefined {
  if (!both || !people || !pictures || !answers) return undefined;
  const [byPeople, byPictures] = [people, pictures].map(
    (deviations, at) => (meanSquare(deviations) * kinds[at].drawn) / kinds[at].degrees,
  );
  const byAnswers = meanSquare(answers);
  const variance = Math.max(byPeople, byPictures, byAnswers, byPeople + byPictures - byAnswers);
  const spread = Math.sqrt(meanSquare(both));
  if (!(spread > 1e-12)) return undefined;
  const freedom = variance ** 2 / (byPeople ** 2 / kinds[0].degrees + byPictures ** 2 / kinds[1].degrees);
  const t = studentQuantile975(Math.max(1, Math.floor(freedom))) / studentQuantile975(Infinity);
  const enlarge = (t * Math.sqrt(variance)) / spread;
  const sorted = both.sort();
  return [enlarge * quantile(sorted, 0.025), enlarge * quantile(sorted, 0.975)];
}

type Sets = readonly (readonly number[])[];
type DrawnSets = readonly [people: Sets, pictures: Sets];

/** Members of each group. */
function membersOf(groups: ArrayLike<number>): number[][] {
  const members = new Map<number, number[]>();
  Array.from(groups).forEach((group, at) => members.set(group, [...(members.get(group) ?? []), at]));
  return [...members.values()];
}

function weighBy(
  kind: (typeof KINDS)[number],
  weights: Float64Array,
  { participant, picture, participants, pictures }: CrossedRows,
  [peopleSets, pictureSets]: DrawnSets,
  random: Random,
): void {
  if (kind === 'answers') {
    weights.fill(0);
    for (let i = 0; i < weights.length; i++) weights[random.integer(weights.length)]++;
    return;
  }
  const byPerson = kind === 'pictures' ? undefined : timesDrawn(peopleSets, participants, random);
  const byPicture = kind === 'people' ? undefined : timesDrawn(pictureSets, pictures, random);
  for (let i = 0; i < weights.length; i++)
    weights[i] = (byPerson?.[participant[i]] ?? 1) * (byPicture?.[picture[i]] ?? 1);
}

/** How often each of n is drawn, as many of each set as there are. */
function timesDrawn(sets: Sets, n: number, random: Random): Float64Array {
  const times = new Float64Array(n);
  for (const set of sets) for (let k = 0; k < set.length; k++) times[set[random.integer(set.length)]]++;
  return times;
}

function meanSquare(deviations: Float64Array): number {
  return deviations.reduce((sum, value) => sum + value * value, 0) / deviations.length;
}

function checkRows({ participant, picture, group, pictureGroup, participants, pictures }: CrossedRows): void {
  invariant(
    pictureGroup.length === pictures,
    `crossedInterval: ${pictureGroup.length} groups of ${pictures} pictures`,
  );
  invariant(
    group.length === participants,
    `crossedInterval: ${group.length} groups of ${participants} participants`,
  );
  for (let i = 0; i < participant.length; i++)
    invariant(
      participant[i] < participants && picture[i] < pictures,
      `crossedInterval: observation ${i} is of participant ${participant[i]} and picture ${picture[i]}`,
    );
}
