/** Value and slope of a function of one number. */
export interface Slope {
  readonly value: number;
  readonly slope: number;
}

/** A minimum on a range, and what it took to find. */
export interface RangeMinimum {
  readonly at: number;
  readonly value: number;
  readonly evaluations: number;
}

/**
 * The smallest value on [low, high] of a function with slopes: best of a grid and of the minima between its points where the slope
 * changes sign, each closed in to `tol` by regula falsi (the Illinois rule). Minima that fit between two grid points are missed.
 */
export function minimiseOnRange(
  f: (x: number) => Slope,
  [low, high]: readonly [number, number],
  { points = 15, tol = 1e-7 }: { readonly points?: number; readonly tol?: number } = {},
): RangeMinimum {
  let evaluations = 0;
  const at = (x: number): Point => {
    evaluations++;
    return { x, ...f(x) };
  };
  const grid = Array.from({ length: points }, (_, i) => at(low + ((high - low) * i) / (points - 1)));
  const values = grid.map(({ value }) => value);
  const lowest = Math.min(...values);
  // A valley well above the lowest point of the grid holds no minimum worth looking for.
  const level = lowest + 0.1 * (Math.max(...values) - lowest);
  const valleys = grid
    .slice(1)
    .map((right, i): [Point, Point] => [grid[i], right])
    .filter(
      ([left, right]) => left.slope < 0 && right.slope > 0 && Math.min(left.value, right.value) <= level,
    );
  // A root of the slope rather than the smallest value seen, in which a solver's tolerance shows more.
  const candidates = [
    grid[0],
    grid.at(-1)!,
    ...valleys.map(([left, right]) => lowestBetween(at, left, right, tol)),
  ];
  const best = candidates.reduce((least, point) => (point.value < least.value ? point : least));
  return { at: best.x, value: best.value, evaluations };
}

type Point = Slope & { readonly x: number };

/** The root of the slope between a point that falls and one that rises. */
function lowestBetween(at: (x: number) => Point, left: Point, right: Point, tol: number): Point {
  let [a, b] = [
    { x: left.x, weight: left.slope },
    { x: right.x, weight: right.slope },
  ];
  let [found, moved] = [left.value < right.value ? left : right, 0];
  for (let step = 0; step < 60 && b.x - a.x > tol; step++) {
    // Every third step halves, against an end that will not move where the slope jumps.
    const secant = (a.x * b.weight - b.x * a.weight) / (b.weight - a.weight);
    found = at(step % 3 === 2 ? (a.x + b.x) / 2 : secant);
    const end = { x: found.x, weight: found.slope };
    const side = found.slope < 0 ? -1 : 1;
    if (Math.abs(found.slope) <= 1e-12 * Math.max(Math.abs(left.slope), Math.abs(right.slope))) break;
    // The Illinois rule: an end that stays twice counts half.
    if (side < 0) [a, b] = [end, moved === side ? { ...b, weight: b.weight / 2 } : b];
    else [a, b] = [moved === side ? { ...a, weight: a.weight / 2 } : a, end];
    moved = side;
  }
  return found;
}
