import { chooseClass } from '../concepts/class-question.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * A text that is equal for runs that ask the same. A class is the one that is meant, whether by its name, by its index
 * or as "predicted:NAME", as far as the names of the classes tell.
 */
export function runIdentity(
  { options, seed }: { readonly options: RunOptions; readonly seed: number },
  classNames: readonly string[],
): string {
  return canonicalJson({ options: { ...options, ...resolvedClass(options, classNames) }, seed });
}

function resolvedClass(options: RunOptions, classNames: readonly string[]) {
  try {
    const { classIndex, select } = chooseClass(classNames, options);
    return { class: classIndex, select };
  } catch (error) {
    // No class, or no single one: the text itself is compared.
    if (error instanceof TesseraError) return {};
    throw error;
  }
}
