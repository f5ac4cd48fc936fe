import { watchCustomGradients } from '../custom-gradients.ts';
import { watchGradients } from '../gradient-scope.ts';
import { registerElementwiseGradients } from './elementwise-gradients.ts';
import { registerStructuralGradients } from './structural-gradients.ts';

let registered = false;

/** Gives tfjs's kernels gradients of every order, once. Kernels for which we have no rule keep the one they had. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  watchGradients();
  watchCustomGradients();
  registerElementwiseGradients();
  registerStructuralGradients();
}
