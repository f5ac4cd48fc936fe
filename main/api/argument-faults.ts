import type { z } from 'zod';
import { OPTION_NAMES, optionOf } from '../../core/concepts/run-options.ts';

/**
 * What is wrong with the argument of a call, one sentence. A person may have typed the value of an option: it is called
 * as the window calls it. The rest is a mistake of whoever wrote the call, and names its method and field.
 */
export function argumentFaults(method: string, issues: readonly z.core.$ZodIssue[]): string {
  return `${issues.map((issue) => fault(method, issue)).join('; ')}.`;
}

function fault(method: string, { path, message }: z.core.$ZodIssue): string {
  const option = OPTION_NAMES.find((name) => name === path[0]);
  const text = message.replace(/\.$/, '');
  if (option !== undefined) return `${optionOf(option).label}: ${text}`;
  return `${method}: ${path.join('.') || 'argument'}: ${text}`;
}
