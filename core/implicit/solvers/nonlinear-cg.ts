import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { checkOptions } from '../line-search/line-search.ts';
import type { LineSearchOptions } from '../line-search/line-search.ts';
import { dot, subtract } from '../linear-solve/vector.ts';
import type { Objective } from '../optimality/gradient.ts';
import { stationaryPoint } from '../optimality/stationary.ts';
import { cautiousStep, stepAlong } from './descent-step.ts';
import { packProblem } from './packed-problem.ts';
import { createSolver } from './solver.ts';
import type { Solver, SolverOptions } from './solver.ts';
import type { NamesOf } from '../option-names.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';

/** How much of the last direction the next one keeps. */
export type ConjugacyRule = 'polak-ribiere' | 'fletcher-reeves' | 'hestenes-stiefel';

/** Options of {@link nonlinearCg}. */
export interface NonlinearCgOptions extends SolverOptions {
  /** @default 'polak-ribiere' */
  readonly rule?: ConjugacyRule;
  /** Conjugate directions need precise steps. @default zoom with c1 = 1e-4, c2 = 0.1 */
  readonly lineSearch?: LineSearchOptions;
}

const NAMES: NamesOf<NonlinearCgOptions> = { ...SOLVER_NAMES, rule: true, lineSearch: true };

/** The last step: its direction [n], the gradient before it, and what it promised, ⟨gradient, direction⟩ times its length. */
interface LastStep {
  readonly direction: tf.Tensor;
  readonly gradient: Float64Array;
  readonly promise: number;
}
interface Memory {
  readonly last?: LastStep;
}

/** beta by the rule's formula, never below 0 (a restart along the gradient). */
function keptShare(rule: ConjugacyRule, g: Float64Array, last: Float64Array, along: Float64Array): number {
  const change = subtract(g, last);
  const beta = {
    'polak-ribiere': () => dot(g, change) / dot(last, last),
    'fletcher-reeves': () => dot(g, g) / dot(last, last),
    'hestenes-stiefel': () => dot(g, change) / dot(along, change),
  }[rule]();
  return beta > 0 && Number.isFinite(beta) ? beta : 0;
}

/** -g + beta times the last direction, or -g where that would not fall. */
function directionAt(g: tf.Tensor, { last }: Memory, rule: ConjugacyRule): tf.Tensor {
  const downhill = tf.neg(g);
  if (!last) return downhill;
  const values = toFloat64(g);
  const beta = keptShare(rule, values, last.gradient, toFloat64(last.direction));
  const mixed = tf.add(downhill, tf.mul(constant(beta), last.direction));
  return dot(toFloat64(mixed), values) < 0 ? mixed : downhill;
}

/**
 * minimise a smooth f(x, ...args) by non-linear conjugate gradients: two vectors of memory. Error: ‖∇f‖; `diverged` when f
 * falls without end. Differentiated through ∇f = 0. Throws ImplicitError 'unknown-name' for another rule and 'bad-usage' for
 * options of the line search out of their range. Source: Nocedal & Wright 2006, sec. 5.2. @default maxIter 5000
 */
export function nonlinearCg<A extends unknown[], X = tf.Tensor>(
  objective: Objective<X, A>,
  options: NonlinearCgOptions = {},
): Solver<X, A, Memory> {
  checkSetup('nonlinearCg', { 'the objective': objective }, options, NAMES);
  const { rule = 'polak-ribiere' } = options;
  const lineSearch = { c1: 1e-4, c2: 0.1, ...options.lineSearch };
  checkOptions(lineSearch);
  checkRule(rule);
  return createSolver<X, A, Memory>(
    {
      optimality: stationaryPoint(objective),
      maxIter: 5000,
      start: () => ({}),
      advance: (start, memory, _, ...args) => {
        const packed = packProblem(objective, start, args);
        const g = packed.gradient(packed.x);
        const direction = directionAt(g, memory, rule);
        const slope = dot(toFloat64(direction), toFloat64(g));
        // The step that would fall as much as the last one did, if f is linear.
        const first = memory.last ? Math.min(memory.last.promise / slope, 1e6) : cautiousStep(g);
        const { next, status, step, before, error } = stepAlong(packed, g, direction, {
          ...(first > 0 ? { first } : {}),
          ...lineSearch,
        });
        const last = { direction, gradient: before, promise: step * slope };
        return {
          x: packed.unpack<X>(next),
          memory: status === 'converged' ? { last } : {},
          error,
        };
      },
    },
    options,
  );
}

function checkRule(rule: ConjugacyRule): void {
  const known: readonly string[] = ['polak-ribiere', 'fletcher-reeves', 'hestenes-stiefel'];
  if (known.includes(rule)) return;
  throw new ImplicitError('unknown-name', `non-linear conjugate gradients: unknown rule "${rule}"`, {
    hint: `Use ${known.join(', ')}.`,
  });
}
