import { ImplicitError } from './errors.ts';

type Callable = (...values: never[]) => unknown;

/** Gives a function made from another one the number of parameters that the other declares. */
export function withArityOf<F extends Callable>(like: Callable, made: F): F {
  return Object.defineProperty(made, 'length', { value: like.length });
}

/**
 * Runs what calls a function of a solution and `given` further arguments. Where it fails and the function declares more of
 * them, the reason is most likely that a solver was called without a start: ImplicitError 'bad-usage'.
 */
export function explainMissingArguments<T>(where: string, fn: Callable, given: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const declared = fn.length - 1;
    if (error instanceof ImplicitError || given >= declared) throw error;
    throw new ImplicitError(
      'bad-usage',
      `${where}: the condition takes ${declared} argument${declared === 1 ? '' : 's'} after the solution, got ${given}`,
      {
        hint: 'The first argument of a solver is its start: call it as solver(init, ...args), with null where it needs none.',
        cause: error,
      },
    );
  }
}
