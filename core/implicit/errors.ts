/** Machine-readable kinds of failure; stable across versions. */
export type ImplicitErrorCode =
  'bad-usage' | 'bad-tensor' | 'not-differentiable' | 'not-solved' | 'unknown-name';

/**
 * A failure that the caller can repair: shapes that do not fit, a set that is empty, a point without a derivative.
 *
 * `message` says what was expected and what was got; `hint`, where there is one, what to do next.
 */
export class ImplicitError extends Error {
  override readonly name: string = 'ImplicitError';
  readonly code: ImplicitErrorCode;
  /** Where present, one sentence of advice. */
  readonly hint: string | undefined;

  constructor(
    code: ImplicitErrorCode,
    message: string,
    { hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** Names a value of the wrong kind, for the end of a sentence. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  if (typeof value === 'string') return `the string "${value.slice(0, 40)}"`;
  return typeof value === 'object' ? `an object of ${value.constructor.name}` : `a ${typeof value}`;
}
