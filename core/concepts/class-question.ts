import { findClass } from '../images/find-class.ts';
import type { ImageSelection, RunOptions } from './run-options.ts';

/** A class to explain, and which images to explain it on. */
export interface ClassQuestion {
  readonly classIndex: number;
  readonly select: ImageSelection;
}

const PREDICTED = 'predicted:';

/** Reads `NAME`, `INDEX` or `predicted:NAME|INDEX`; 'unknown-name' offers the nearest class names. */
export function chooseClass(
  names: readonly string[],
  { class: query, select }: Pick<RunOptions, 'class' | 'select'>,
): ClassQuestion {
  if (!query.startsWith(PREDICTED)) return { classIndex: findClass(names, query), select };
  return { classIndex: findClass(names, query.slice(PREDICTED.length)), select: 'predicted' };
}
