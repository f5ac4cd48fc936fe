import { TesseraError } from '../../core/errors.ts';
import { argumentFaults } from './argument-faults.ts';
import type { Result, WorkbenchApi } from './contract.ts';
import { schemas } from './schemas.ts';
import { resultOf } from './serialize-error.ts';

/** Names the page that asks: what one page gives up must not be taken from another. Absent: the one window. */
export type PageId = string;

/** One function a method, told who asks: a missing one does not compile. */
export type Handlers = {
  readonly [Method in keyof WorkbenchApi]: (
    ...asked: Parameters<WorkbenchApi[Method]> extends [infer Query]
      ? [query: Query, page?: PageId]
      : [query?: undefined, page?: PageId]
  ) => ReturnType<WorkbenchApi[Method]>;
};

/** Whether a name that came from outside is that of a method. */
export function isMethod(name: unknown): name is keyof WorkbenchApi {
  return typeof name === 'string' && Object.hasOwn(schemas, name);
}

/**
 * Calls a method with an argument that came from outside: it is checked first, and every outcome is a {@link Result}.
 * `onInternal` is called with failures that are our own mistakes.
 */
export function callHandler(
  handlers: Handlers,
  method: keyof WorkbenchApi,
  argument: unknown,
  { page, onInternal }: { readonly page?: PageId; readonly onInternal?: (error: unknown) => void } = {},
): Promise<Result<unknown>> {
  return resultOf(async () => {
    const handler = handlers[method] as (argument: unknown, page?: PageId) => Promise<unknown>;
    return handler(checked(method, argument), page);
  }, onInternal);
}

function checked(method: keyof WorkbenchApi, argument: unknown): unknown {
  // JSON has no undefined: a call without argument may arrive with null.
  const parsed = schemas[method].safeParse(argument ?? undefined);
  if (parsed.success) return parsed.data;
  throw new TesseraError('bad-usage', argumentFaults(method, parsed.error.issues));
}
