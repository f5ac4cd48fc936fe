import { combinationWeights } from '../../solvers/fixed-point-iteration.ts';
import type { OptimalityFn } from '../../residual-map.ts';
import { flattenTree } from '../../tree.ts';
import { stagedPlan } from '../staged-plan.ts';
import { distance, goesOn, packedUnknowns, packLike } from './loop.ts';
import type { Loop } from './loop.ts';

/** Moves x, in place, given its image T(x). */
type Move = (x: Float64Array, image: Float64Array) => void;

/** Iterates a map; `begin` makes what moves x in one run. Error: ‖T(x) - x‖ / scale. */
function mapLoop<X, A extends unknown[]>(
  map: OptimalityFn<X, A>,
  x0: X,
  args: A,
  begin: () => Move,
  scale: number,
): Loop {
  const { size, apart } = packedUnknowns(flattenTree(x0));
  const { plan, closure, setArguments, set } = stagedPlan(
    args,
    [{ shape: [size], stage: 1 }],
    (given, [x]) => ({
      map: { stage: 1, values: [packLike(apart(x), map(apart(x), ...given))] },
    }),
  );
  return {
    closure,
    run: (start, leaves, limits) => {
      setArguments(leaves);
      plan.finish(0);
      const x = Float64Array.from(start);
      const move = begin();
      let [error, iterations] = [Infinity, 0];
      for (; goesOn(error, iterations, limits); iterations++) {
        set(0, x);
        plan.finish(1);
        plan.run('map');
        const image = plan.result('map');
        error = distance(image, x) / scale;
        move(x, image);
      }
      return { x, iterations, error };
    },
  };
}

/** x <- T(x); error ‖T(x) - x‖ / scale. */
export function fixedPointLoop<X, A extends unknown[]>(
  { map, scale }: { readonly map: OptimalityFn<X, A>; readonly scale: number },
  x0: X,
  args: A,
): Loop {
  const begin = (): Move => (x, image) => x.set(image);
  return mapLoop(map, x0, args, begin, scale);
}

/** Anderson acceleration, as the solver of that name. */
export function andersonLoop<X, A extends unknown[]>(
  recipe: { readonly map: OptimalityFn<X, A>; readonly history: number; readonly ridge: number },
  x0: X,
  args: A,
): Loop {
  const { map, history, ridge } = recipe;
  const begin = (): Move => {
    let images: Float64Array[] = [];
    let residuals: Float64Array[] = [];
    return (x, image) => {
      images = [image.slice(), ...images].slice(0, history);
      residuals = [image.map((value, i) => value - x[i]), ...residuals].slice(0, history);
      const weights = combinationWeights(residuals, ridge);
      x.fill(0);
      images.forEach((old, k) => {
        for (let i = 0; i < x.length; i++) x[i] += weights[k] * old[i];
      });
    };
  };
  return mapLoop(map, x0, args, begin, 1);
}
