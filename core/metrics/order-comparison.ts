import { invariant } from '../errors.ts';
import { quantile } from '../sensitivity/bootstrap.ts';
import { areaUnder, type CurveKind, type ImageCurves } from './concept-curve.ts';
import { isRounding } from './masked-logit.ts';
import { halfWidth95 } from './mean-interval.ts';

/** A curve over all images. */
interface ConceptCurve {
  /** Mean logit after 0 … r changes, [r + 1]; one more where the rest is changed last. */
  readonly logits: Float64Array;
  /** The same on the scale 0 = nothing, 1 = everything that is put in; absent unless the status is `ok`. */
  readonly scores?: Float64Array;
  /** Area under `scores`, the number of changed concepts scaled to [0, 1]; absent with it. */
  readonly auc?: number;
}

/** How one order of concepts did. */
export interface OrderResult extends ConceptCurve {
  /** 95 % interval of `auc` for other images of the same kind; absent with it, and for a single image. */
  readonly interval?: readonly [low: number, high: number];
  /**
   * Share of random orders that did worse, ties counted half, 0…1; absent with `auc`, without random orders, and for one
   * concept, which has one order only.
   */
  readonly beatsRandom?: number;
  /**
   * Share of random orders along which the score had moved less when as many concepts were changed, whichever way it
   * moved, ties counted half, 0…1: what an order by total indices claims. A concept that holds the score down moves it as
   * well as one that lifts it, but bends the curve. Absent as `beatsRandom`, and where nothing moves.
   */
  readonly movesBefore?: number;
}

/** How random orders did on the same images. */
export interface RandomOrders extends ConceptCurve {
  /** The middle 95 % of the areas of single random orders; absent with `auc`. */
  readonly interval?: readonly [low: number, high: number];
  /** The middle 95 % of their scores after each number of changes, as long as a curve; absent with `auc`. */
  readonly band?: { readonly low: Float64Array; readonly high: Float64Array };
}

/** Mean curves of every order over the images, and of random orders. */
export interface OrderComparison<Name extends string = string> {
  readonly kind: CurveKind;
  /** Is what no concept explains changed last? Then the full end is the model's own logit. */
  readonly hasRest: boolean;
  /**
   * `equal-ends`: both ends of the curves have the same mean logit up to rounding, so that there is no
   * scale; `non-finite`: no image has finite logits.
   */
  readonly status: 'ok' | 'equal-ends' | 'non-finite';
  readonly orders: Readonly<Record<Name, OrderResult>>;
  /** Mean over the random orders; absent when there are none. */
  readonly random?: RandomOrders;
  /** Images with a logit that is not finite, which count in no mean. */
  readonly leftOut: readonly number[];
}

/**
 * Compares orders of concepts by the curves of all images.
 *
 * The rest, where it is there, is changed last in every order and tells none from another.
 * Score of a logit: (logit - empty) / (full - empty), where logit, empty and full are means over the images. Dividing
 * means, not each image by its own distance, weights an image by how far its concepts move it: images on which they
 * move nothing remain harmless. Where the concepts lower the logit on the whole, full < empty, the score still runs
 * between 0 and 1. With one concept every order has the area 1/2.
 * Movement: the squared steps of a curve, summed over the images, as a share of all its steps; without interactions a
 * concept's total index is in proportion to its squared step.
 * Interval: ratio estimator with linearised variance and Student's t over images.
 * Throws BugError for no image and for images with different curves.
 *
 * Source  Petsiuk et al. 2018, "RISE" (deletion and insertion); Fel et al. 2023, "CRAFT", section 4 (of concepts);
 *         Cochran 1977, "Sampling Techniques", 6.3 (ratio estimator).
 */
export function compareOrders<Name extends string>(
  images: readonly ImageCurves<Name>[],
): OrderComparison<Name> {
  checkImages(images);
  const { kind, hasRest, named, random } = images[0];
  const usable = images.filter(isFiniteImage);
  const scale = scaleOf(usable);
  const randomCurves = random.map((_, draw) => meanCurve(usable.map((image) => image.random[draw])));
  const randomAreas = randomCurves.map((curve) => areaOf(curve, scale));
  const randomMoves = random.map((_, draw) => movedEarly(usable.map((image) => image.random[draw])));
  const results = (Object.keys(named) as Name[]).map((name) => {
    const curves = usable.map((image) => image.named[name]);
    return [name, orderResult(curves, scale, { areas: randomAreas, moves: randomMoves }, images[0])] as const;
  });
  return {
    kind,
    hasRest,
    status: usable.length === 0 ? 'non-finite' : scale === undefined ? 'equal-ends' : 'ok',
    orders: Object.fromEntries(results) as Record<Name, OrderResult>,
    ...(random.length > 0 && { random: randomOrders(randomCurves, scale, randomAreas) }),
    leftOut: [...images.keys()].filter((i) => !isFiniteImage(images[i])),
  };
}

/** What turns logits into scores: the empty and the full logit of each image, and the distance of their means. */
interface Scale {
  readonly ends: readonly (readonly [empty: number, full: number])[];
  readonly empty: number;
  readonly gap: number;
}

function scaleOf(images: readonly ImageCurves[]): Scale | undefined {
  const ends = images.map(({ kind, named }) => {
    const curve = Object.values(named)[0];
    const [first, last] = [curve[0], curve[curve.length - 1]];
    return kind === 'insertion' ? ([first, last] as const) : ([last, first] as const);
  });
  const [empty, full] = [mean(ends.map((pair) => pair[0])), mean(ends.map((pair) => pair[1]))];
  const largest = ends.reduce((most, [empty, full]) => Math.max(most, Math.abs(empty), Math.abs(full)), 0);
  return ends.length === 0 || isRounding(full - empty, largest)
    ? undefined
    : { ends, empty, gap: full - empty };
}

function orderResult(
  curves: readonly Float64Array[],
  scale: Scale | undefined,
  random: { readonly areas: readonly number[]; readonly moves: readonly (number | undefined)[] },
  { kind, hasRest }: Pick<ImageCurves, 'kind' | 'hasRest'>,
): OrderResult {
  const curve = scored(meanCurve(curves), scale);
  const hasOrders = random.areas.length > 0 && curve.logits.length - Number(hasRest) > 2;
  const movesBefore = hasOrders ? shareBefore(movedEarly(curves), random.moves) : undefined;
  const moved = movesBefore === undefined ? {} : { movesBefore };
  if (scale === undefined || curve.auc === undefined) return { ...curve, ...moved };
  const { auc } = curve;
  const sign = kind === 'deletion' ? 1 : -1;
  const wins = random.areas.map((area) => winOf(sign * (area - auc)));
  return {
    ...curve,
    ...(curves.length > 1 && { interval: intervalOf(auc, curves, scale) }),
    ...(hasOrders && { beatsRandom: mean(wins) }),
    ...moved,
  };
}

/**
 * How early the logit moves along curves [r + 1] of one order: the area under the share of all squared steps that is
 * made, the number of changes scaled to [0, 1]; undefined where nothing moves.
 */
function movedEarly(curves: readonly Float64Array[]): number | undefined {
  const steps = new Float64Array(Math.max(0, (curves[0]?.length ?? 0) - 1));
  let largest = 0;
  for (const curve of curves)
    for (let k = 0; k < steps.length; k++) {
      steps[k] += (curve[k + 1] - curve[k]) ** 2;
      largest = Math.max(largest, Math.abs(curve[k]), Math.abs(curve[k + 1]));
    }
  const total = steps.reduce((sum, step) => sum + step, 0);
  if (isRounding(Math.sqrt(total / Math.max(1, curves.length)), largest)) return undefined;
  const made = new Float64Array(steps.length + 1);
  steps.forEach((step, k) => (made[k + 1] = made[k] + step / total));
  return areaUnder(made);
}

function shareBefore(own: number | undefined, random: readonly (number | undefined)[]): number | undefined {
  if (own === undefined) return undefined;
  const others = random.filter((area) => area !== undefined);
  return others.length === 0 ? undefined : mean(others.map((area) => winOf(own - area)));
}

/** Areas that differ by less than float32 logits can tell are ties. */
const winOf = (lead: number): number => (Math.abs(lead) < 1e-6 ? 0.5 : Number(lead > 0));

/** Linearised: each image's area above `empty`, less what the common ratio gives it for its own gap. */
function intervalOf(auc: number, curves: readonly Float64Array[], { ends, gap }: Scale): [number, number] {
  const residuals = curves.map((curve, i) => {
    const [empty, full] = ends[i];
    return areaUnder(curve) - empty - auc * (full - empty);
  });
  const half = halfWidth95(residuals) / Math.abs(gap);
  return [auc - half, auc + half];
}

function randomOrders(
  curves: readonly Float64Array[],
  scale: Scale | undefined,
  areas: readonly number[],
): RandomOrders {
  const curve = scored(meanCurve(curves), scale);
  if (scale === undefined) return curve;
  const scores = curves.map((logits) => scored(logits, scale).scores!);
  const ends = (share: number): Float64Array =>
    Float64Array.from(curve.logits, (_, k) =>
      quantileOf(
        scores.map((one) => one[k]),
        share,
      ),
    );
  return {
    ...curve,
    interval: [quantileOf(areas, 0.025), quantileOf(areas, 0.975)],
    band: { low: ends(0.025), high: ends(0.975) },
  };
}

const quantileOf = (values: readonly number[], share: number): number =>
  quantile(Float64Array.from(values).sort(), share);

function scored(logits: Float64Array, scale: Scale | undefined): ConceptCurve {
  if (scale === undefined) return { logits };
  const scores = logits.map((logit) => (logit - scale.empty) / scale.gap);
  return { logits, scores, auc: areaUnder(scores) };
}

const areaOf = (logits: Float64Array, scale: Scale | undefined): number => scored(logits, scale).auc ?? NaN;

const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;

/** Pointwise mean; empty for no curve. */
function meanCurve(curves: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(curves[0]?.length ?? 0);
  for (const curve of curves) curve.forEach((height, k) => (sum[k] += height));
  return sum.map((height) => height / curves.length);
}

function isFiniteImage({ named, random }: ImageCurves): boolean {
  return [...Object.values(named), ...random].every((curve) => curve.every(Number.isFinite));
}

function checkImages(images: readonly ImageCurves[]): void {
  invariant(images.length > 0, 'compareOrders: needs at least one image');
  const signature = ({ kind, named, random }: ImageCurves): string =>
    [kind, random.length, ...Object.entries(named).map(([name, { length }]) => `${name}[${length}]`)].join(
      ' ',
    );
  const first = signature(images[0]);
  for (const [i, image] of images.entries()) {
    const got = signature(image);
    invariant(got === first, `compareOrders: image ${i} has curves ${got}, image 0 has ${first}`);
  }
}
