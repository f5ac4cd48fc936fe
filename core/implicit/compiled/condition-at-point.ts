import type * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { valuesOf } from '../float64/float64-backend.ts';
import { denseOperator, transposeSquare } from '../linear-solve/linear-operator.ts';
import type { LinearOperator } from '../linear-solve/linear-operator.ts';
import { luFactor } from '../linear-solve/lu-factor.ts';
import type { LuFactor } from '../linear-solve/lu-factor.ts';
import { kernelElimination } from './kernel-elimination.ts';
import { along, setPoint, setUnknowns } from './root-plan.ts';
import type { RootPlan } from './root-plan.ts';
import type { StagedPlan } from './staged-plan.ts';
import { traceFailure } from './trace.ts';

/** A point of a condition: the solution packed, all tensors of the arguments, and what the solver found. */
export interface ConditionPoint {
  readonly x: tf.Tensor;
  readonly leaves: readonly tf.Tensor[];
  readonly found: number;
}

/** Numbers of a tensor, as a backend holds them. */
type Numbers = ReturnType<typeof valuesOf>;

/** What was assembled and factorised at a point. */
interface Assembled {
  /** ∂F/∂x, row-major. */
  readonly matrix: Float64Array;
  readonly factors: Map<number, LuFactor>;
}

/**
 * A condition at the point that was set last. Matrix and factorisation are kept for as long as the numbers of the point
 * stay the same, whichever tensors hold them.
 */
export class ConditionAtPoint {
  readonly #root: RootPlan;
  #numbers: readonly Numbers[] = [];
  #found = NaN;
  #assembled: Assembled | undefined;
  #isForwardSet = false;
  #point: ConditionPoint | undefined;

  constructor(root: RootPlan) {
    this.#root = root;
  }

  /** Which tensors of the arguments are differentiated. */
  get isTheta(): readonly boolean[] {
    return this.#root.isTheta;
  }

  /** Tensors that F closes over. */
  get captured(): readonly tf.Tensor[] {
    return this.#root.staged.closure.captured();
  }

  /** Goes to a point; does nothing where it is there already. */
  moveTo(point: ConditionPoint): void {
    this.#point = point;
    const tensors = [...point.leaves, point.x];
    const numbers = tensors.map(valuesOf);
    const isSame = point.found === this.#found && numbers.every((now, i) => isEqual(now, this.#numbers[i]));
    // Arrays of the float64 backend are never written to; others may be.
    this.#numbers = numbers.map((now, i) =>
      isSame ? this.#numbers[i] : now instanceof Float64Array ? now : now.slice(),
    );
    if (isSame) return;
    this.#found = point.found;
    this.#assembled = undefined;
    this.#isForwardSet = false;
    setPoint(this.#root.staged, point);
  }

  /** The point's x. */
  get x(): Float64Array {
    return Float64Array.from(valuesOf(this.#point!.x));
  }

  /** F at the point. */
  residual(): Float64Array {
    const { plan } = this.#root.staged;
    plan.run('residual');
    return plan.result('residual').slice();
  }

  /** F at another x; the arguments are those of the point, at which the condition remains. */
  residualAt(x: Float64Array): Float64Array {
    setUnknowns(this.#root.staged, x);
    const values = this.residual();
    setUnknowns(this.#root.staged, valuesOf(this.#point!.x));
    return values;
  }

  /** Whether a piece of F that depends on its parameters sits on its kink, to rounding. */
  isOnKink(epsilon: number): boolean {
    const { kinks, staged } = this.#root;
    if (kinks.length > 0) staged.plan.run('kinks');
    return kinks.some(([a, b]) => {
      const left = staged.plan.view(a);
      const right = b && staged.plan.view(b);
      const rounding = 4 * epsilon * Math.max(largestFinite(left), right ? largestFinite(right) : 0);
      const at = (i: number): number => (right ? right[right.length === 1 ? 0 : i] : 0);
      return right && left.length === 1
        ? right.some((value) => Math.abs(left[0] - value) <= rounding)
        : left.some((value, i) => Math.abs(value - at(i)) <= rounding);
    });
  }

  /** (∂F/∂x)ᵀ, as reverse derivatives need it. */
  get transposed(): LinearOperator {
    const { size } = this.#root;
    return {
      size,
      apply: (u) => along(this.#root.staged, u, 'pull'),
      applyTranspose: (v) => this.#push(v),
      toDense: () => transposeSquare(this.#dense().matrix, size),
      factorise: (tolerance) => this.#factor(tolerance),
    };
  }

  /** -uᵀ ∂F/∂θ of those differentiated tensors that are asked for, all in one vector. */
  byParameters(u: Float64Array, isAsked: readonly boolean[]): Float64Array {
    const { staged, parameters } = this.#root;
    along(staged, u, 'parameters');
    const parts = parameters.flatMap((_, i) => (isAsked[i] ? [staged.plan.result('parameters', i)] : []));
    return Float64Array.from(parts.flatMap((part) => [...part]));
  }

  /** -uᵀ ∂F/∂θ, a tensor for each differentiated one. */
  gradients(u: Float64Array): tf.Tensor[] {
    const { staged, parameters } = this.#root;
    along(staged, u, 'parameters');
    return parameters.map((shape, i) => constant(staged.plan.result('parameters', i), shape));
  }

  #dense(): Assembled {
    if (this.#assembled) return this.#assembled;
    const { size, staged } = this.#root;
    const matrix = new Float64Array(size * size);
    const unit = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      unit[i] = 1;
      matrix.set(along(staged, unit, 'pull'), i * size);
      unit[i] = 0;
    }
    return (this.#assembled = { matrix, factors: new Map() });
  }

  #factor(tolerance: number): LuFactor {
    const { matrix, factors } = this.#dense();
    const { size } = this.#root;
    const factor =
      factors.get(tolerance) ?? luFactor(transposeSquare(matrix, size), size, tolerance, kernelElimination());
    factors.set(tolerance, factor);
    return factor;
  }

  /** ∂F/∂x · v, by the matrix where an operation has a first but no second derivative. */
  #push(v: Float64Array): Float64Array {
    let forward: StagedPlan<'push'> | undefined;
    try {
      forward = this.#root.forward();
    } catch (error) {
      if (traceFailure(error) === undefined && !/gradient function not found/.test(String(error)))
        throw error;
    }
    if (!forward) return denseOperator(this.#dense().matrix, this.#root.size).apply(v);
    if (!this.#isForwardSet) setPoint(forward, this.#point!);
    this.#isForwardSet = true;
    return along(forward, v, 'push');
  }
}

const isEqual = (a: Numbers, b: Numbers | undefined): boolean => {
  if (a === b) return true;
  if (a.length !== b?.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

const largestFinite = (values: Float64Array): number =>
  values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
