/** Machine-readable kinds of user-facing failure; stable across versions. */
export type ErrorCode =
  | 'bad-usage'
  | 'bad-model'
  | 'unsupported-operator'
  | 'not-differentiable'
  | 'bad-labels'
  | 'bad-table'
  | 'unknown-name'
  | 'must-choose'
  | 'bad-image'
  | 'no-images'
  | 'bad-tensor'
  | 'bad-project'
  | 'storage'
  | 'device'
  | 'out-of-memory';

/**
 * A failure that a person caused and can put right: a file, a name, an option, a device.
 *
 * `message` says what happened, what was expected and what was got; `hint` says what to do next.
 */
export class TesseraError extends Error {
  override readonly name: string = 'TesseraError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** Options of a run that the hint is about, as "layer" or "select=all", or "command=maps", for a surface that has a name for them. */
  readonly options: readonly string[];

  /** Will pass by itself, whatever its kind: another process is in the way. */
  readonly isPassing: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    details: { hint?: string; options?: readonly string[]; isPassing?: boolean; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.options = details.options ?? [];
    this.isPassing = details.isPassing ?? false;
  }
}

/** Kinds that may pass by themselves: a full disk, a network that stalls, memory that others take. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['storage', 'device', 'out-of-memory']);

/** Does a failure lie in what was asked or given, so that trying again is of no use? */
export function isBadInput(error: unknown): boolean {
  return error instanceof TesseraError && !error.isPassing && !PASSING.has(error.code);
}

/** A broken promise between two pieces of our own code; never the user's fault. */
export class BugError extends Error {
  override readonly name: string = 'BugError';

  constructor(message: string) {
    super(`internal: ${message}`);
  }
}

/** Throws a {@link BugError} unless the condition holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BugError(message);
}
