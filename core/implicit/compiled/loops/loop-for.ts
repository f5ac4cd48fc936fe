import type { Recipe } from '../../solvers/recipe.ts';
import { andersonLoop, fixedPointLoop } from './fixed-point-loop.ts';
import { lbfgsLoop } from './lbfgs-loop.ts';
import type { Loop } from './loop.ts';
import { newtonLoop } from './newton-loop.ts';
import { proximalLoop } from './proximal-loop.ts';

/** The loop of a recipe for one structure of unknowns and arguments. Throws TraceFailure where it cannot be traced. */
export function loopFor<X, A extends unknown[]>(recipe: Recipe<X, A>, x0: X, args: A): Loop {
  switch (recipe.kind) {
    case 'proximal-gradient':
      return proximalLoop(recipe, x0, args);
    case 'lbfgs':
      return lbfgsLoop(recipe, x0, args);
    case 'fixed-point':
      return fixedPointLoop(recipe, x0, args);
    case 'newton':
      return newtonLoop(recipe, x0, args);
    case 'anderson':
      return andersonLoop(recipe, x0, args);
  }
}
