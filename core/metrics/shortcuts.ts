import { CUE_FORMS, type CueForm } from './cues.ts';
import { lowestDifference, shareEstimate, type ShareEstimate, Z95 } from './wilson.ts';

/** What happened when something was exchanged between pictures of the class and others. */
export interface ExchangeCounts {
  readonly pairs: number;
  /** Other pictures that are called the class once they have it from one of the class. */
  readonly moved: number;
  /** The same where they have it from another picture outside the class. */
  readonly moving: number;
  /** Pictures of the class that are called something else once they have it from another. */
  readonly left: number;
}

/** The least that an exchange must do for a flag: the first three together, or the last alone. */
interface CueBounds {
  /** Share of the other pictures that join the class, above those that do so with nothing of the class. */
  readonly moved: number;
  /** Share of the class's pictures that leave it. */
  readonly left: number;
  /** Mean of both. */
  readonly both: number;
  /** Share that join where little need leave; absent where some must. */
  readonly movedAlone?: number;
}

const PLACE: CueBounds = { moved: 0.1, left: 0.25, both: 0.35, movedAlone: 0.25 };

/**
 * The one place where bounds of flags stand. Our conventions, chosen on a hundred and ten small classifiers of which the
 * faults are known (models/planted): what their classes had not been taught moves less than these.
 *
 * - A corner, a strip along an edge or the border hold nothing of the object: little is due to chance there (0.10 at most
 *   join). A cue that reaches out of the place is still there when that is taken away, so joining alone is enough.
 * - Colours and grain are taken from the corners but change the object too (0.2, and 0.35 with few that leave). Sharpness
 *   moves fewer to a class that was not taught it (0.23), a lack of colour too (0.15). What a blur or a lack of colour has taken away cannot be
 *   given back, so that none need leave where many join.
 * - Around the middle there is much of a large object: it must do as much when it is made of the upper corners alone and
 *   of the lower ones alone, so that ground, sky and what reaches out of the middle do not count. What it shows in the
 *   middle too is still there when it is taken away, so nothing is asked of that.
 * - A mark is told from a part of the object by looking the same everywhere; what it does comes on top of that (0.15). Where
 *   the class shows by its object as well, few leave without it.
 *
 * @internal Tests compare with them.
 */
export const CUE_BOUNDS: Readonly<Record<CueForm, CueBounds>> = {
  corner: PLACE,
  strip: PLACE,
  border: PLACE,
  colours: { moved: 0.4, left: 0.25, both: 0.4 },
  saturation: { moved: 0.4, left: 0.25, both: 0.4, movedAlone: 0.5 },
  sharpness: { moved: 0.35, left: 0.25, both: 0.35, movedAlone: 0.5 },
  grain: { moved: 0.4, left: 0.25, both: 0.4 },
  background: { moved: 0.4, left: 0, both: 0 },
  mark: { moved: 0.25, left: 0.25, both: 0.4, movedAlone: 0.4 },
};

/** Of a place painted over, where there are no other pictures to exchange it with: share of the decisions that change. */
const PAINTED_BOUNDS = { left: 0.5, low: 0.35 } as const;

/** Fewest pictures of the class, and fewest others, of which anything is said. */
export const FEWEST_PICTURES = 5;

/** Does an exchange move decisions as a cue would? */
export function isCue(form: CueForm, { pairs, moved, moving, left }: ExchangeCounts): boolean {
  const bounds = CUE_BOUNDS[form];
  const [joins, chance, leaves] = [moved, moving, left].map((count) => shareEstimate(count, pairs));
  if (lowestDifference(joins, chance) <= 0) return false;
  const more = joins.value - chance.value;
  return (
    more >= (bounds.movedAlone ?? Infinity) ||
    (more >= bounds.moved && leaves.value >= bounds.left && (more + leaves.value) / 2 >= bounds.both)
  );
}

/**
 * Does painting a place over change decisions as taking a cue away would? A model may be unsure of any change; so twice as
 * much as that of any place of the same form is due, and of a form that has no second place nothing can be said.
 */
export function isPaintedCue(
  { left, pairs }: Pick<ExchangeCounts, 'left' | 'pairs'>,
  alike: readonly Pick<ExchangeCounts, 'left' | 'pairs'>[],
): boolean {
  const { value, low } = shareEstimate(left, pairs);
  const most = Math.max(...alike.map((other) => other.left / other.pairs));
  return value >= PAINTED_BOUNDS.left && low >= PAINTED_BOUNDS.low && alike.length > 0 && value >= 2 * most;
}

/** How much of what the strongest exchange does a plainer one must do to be told in its place. */
const NEARLY = 0.8;

/** Of cues that overlap, the plainest that does nearly as much as the strongest. */
export function plainestCue<Cue extends { readonly form: CueForm; readonly strength: number }>(
  cues: readonly Cue[],
): Cue | undefined {
  const most = Math.max(...cues.map(({ strength }) => strength));
  return [...cues]
    .filter(({ strength }) => strength >= NEARLY * most)
    .sort((a, b) => CUE_FORMS.indexOf(a.form) - CUE_FORMS.indexOf(b.form) || b.strength - a.strength)
    .at(0);
}

/**
 * Mean of the other pictures' amounts as a share of the mean of the class's, with a 95 % interval by Fieller's bounds
 * on the log scale (delta method). Undefined where the class has none of it, or there are fewer than two of either.
 */
export function amountElsewhere(
  ofClass: readonly number[],
  ofOthers: readonly number[],
): ShareEstimate | undefined {
  if (ofClass.length < 2 || ofOthers.length < 2) return undefined;
  const [own, other] = [momentsOf(ofClass), momentsOf(ofOthers)];
  if (!(own.mean > 0)) return undefined;
  const value = other.mean / own.mean;
  if (value === 0) return { value, low: 0, high: 0 };
  const spread = Z95 * Math.sqrt((own.error / own.mean) ** 2 + (other.error / other.mean) ** 2);
  return { value, low: value * Math.exp(-spread), high: value * Math.exp(spread) };
}

/** Mean with its standard error. */
function momentsOf(values: readonly number[]): { mean: number; error: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}
