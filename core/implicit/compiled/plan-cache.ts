import type * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { argumentKey } from './argument-key.ts';
import type { ArgumentKey } from './argument-key.ts';
import type { Closure } from './closure.ts';
import { traceFailure } from './trace.ts';
import { checkNames } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';

/** How a compiled function goes about its work, and why. */
export interface CompiledReport {
  /** What the last call ran: a plan, or the tape of TensorFlow.js as without `compile`. `untried` before the first. */
  readonly path: 'untried' | 'plan' | 'tape';
  /** Why the last call did not run a plan. */
  readonly reason?: string;
  /** Plans that are kept now. */
  readonly plans: number;
  /** How often a plan was made: once for each structure, shape, type and number among the arguments. */
  readonly traces: number;
}

/** Options of everything that is compiled. */
export interface CompileOptions {
  /** Plans kept, one for each kind of arguments; the one that was not used for longest makes room. @default 8 */
  readonly maxPlans?: number;
  /** What to do where no plan can be made: go by the tape as without `compile`, or throw. @default 'tape' */
  readonly fallback?: 'tape' | 'error';
  /**
   * What the function closes over: other tensors, numbers and branches are looked for with every call (`checked`), by running
   * it once more on tensors without values, or are promised not to come (`fixed`), which saves that. @default 'checked'
   */
  readonly closure?: 'checked' | 'fixed';
}

const NAMES: NamesOf<CompileOptions> = { maxPlans: true, fallback: true, closure: true };

/** What is kept for one kind of arguments: plans and what they close over, or why there is none. */
type Kept<P> =
  | { readonly plans: P; readonly closure: Closure }
  | { readonly reason: string; readonly isPassing?: boolean };

/** Plans made on demand for the kinds of arguments that occur. */
export class PlanCache<P> {
  readonly #name: string;
  readonly #make: (key: ArgumentKey, args: readonly unknown[]) => { plans: P; closure: Closure };
  readonly #maxPlans: number;
  readonly #fallback: 'tape' | 'error';
  readonly #isFixed: boolean;
  readonly #kept = new Map<string, Kept<P>>();
  #traces = 0;
  #path: CompiledReport['path'] = 'untried';
  #reason: string | undefined;

  /** `make` traces; a TraceFailure is kept as the reason for which there is no plan. */
  constructor(
    name: string,
    options: CompileOptions,
    make: (key: ArgumentKey, args: readonly unknown[]) => { plans: P; closure: Closure },
  ) {
    checkNames('compile', options, NAMES);
    const { maxPlans = 8, fallback = 'tape', closure = 'checked' } = options;
    if (!Number.isInteger(maxPlans) || maxPlans < 1)
      throw new ImplicitError(
        'bad-usage',
        `compile: maxPlans must be a whole number above 0, got ${maxPlans}`,
      );
    if (fallback !== 'tape' && fallback !== 'error')
      throw new ImplicitError(
        'bad-usage',
        `compile: fallback must be 'tape' or 'error', got ${String(fallback)}`,
      );
    this.#name = name;
    this.#maxPlans = maxPlans;
    if (closure !== 'checked' && closure !== 'fixed')
      throw new ImplicitError(
        'bad-usage',
        `compile: closure must be 'checked' or 'fixed', got ${String(closure)}`,
      );
    this.#fallback = fallback;
    this.#isFixed = closure === 'fixed';
    this.#make = make;
  }

  get report(): CompiledReport {
    return {
      path: this.#path,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      plans: [...this.#kept.values()].filter((kept) => 'plans' in kept).length,
      traces: this.#traces,
    };
  }

  /** The plans for these arguments and their tensors; undefined where the tape has to do. */
  get(args: readonly unknown[]): { plans: P; leaves: readonly tf.Tensor[] } | undefined {
    const key = argumentKey(args);
    if (key.opaque !== undefined)
      return this.byTape(`has ${key.opaque} among its arguments, which may change unseen`);
    const kept = this.#find(key, args);
    if ('reason' in kept) return this.byTape(kept.reason);
    this.#path = 'plan';
    this.#reason = undefined;
    return { plans: kept.plans, leaves: key.leaves };
  }

  /** Notes that this call goes by the tape, or refuses to. ImplicitError 'bad-usage' if asked to refuse. */
  byTape(reason: string): undefined {
    this.#path = 'tape';
    this.#reason = reason;
    if (this.#fallback === 'error')
      throw new ImplicitError('bad-usage', `compile: ${this.#name} cannot be run as a plan: it ${reason}`, {
        hint: "With { fallback: 'tape' } it runs as it does without compile.",
      });
    return undefined;
  }

  #find(key: ArgumentKey, args: readonly unknown[]): Kept<P> {
    const found = this.#kept.get(key.key);
    const isCurrent =
      found &&
      ('reason' in found || (this.#isFixed ? found.closure.isUntouched() : found.closure.isCurrent()));
    const kept = isCurrent ? found : this.#traced(key, args);
    this.#kept.delete(key.key);
    if ('reason' in kept && kept.isPassing) {
      if (found && 'closure' in found) found.closure.captured().forEach(refuseDisposed);
      return kept;
    }
    // Set again, it is the youngest.
    this.#kept.set(key.key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#maxPlans) this.#kept.delete(oldest);
    return kept;
  }

  #traced(key: ArgumentKey, args: readonly unknown[]): Kept<P> {
    this.#traces++;
    try {
      return this.#make(key, args);
    } catch (error) {
      const reason = traceFailure(error);
      // Errors of the function itself are for it to throw: the tape shows them as they are without compile.
      return reason === undefined
        ? { reason: `throws when it is traced: ${(error as Error).message}`, isPassing: true }
        : { reason };
    }
  }
}

/** The tape cannot compute with it any more either, and would say so less plainly. ImplicitError 'bad-tensor'. */
function refuseDisposed({ shape, isDisposed }: tf.Tensor): void {
  if (!isDisposed) return;
  throw new ImplicitError(
    'bad-tensor',
    `compile: a tensor of shape [${shape.join(', ')}] that the function closes over has been disposed of`,
    { hint: 'Make it outside of tf.tidy, or keep it with tf.keep.' },
  );
}
