import { TesseraError } from '../../core/errors.ts';
import type { Result, SerializedError } from './contract.ts';
import { shownName } from '../../core/wording/shown-name.ts';

/** A failure that crossed a process boundary and goes on from here as it was. */
export class CarriedError extends Error {
  override readonly name = 'CarriedError';
  readonly error: SerializedError;

  constructor(error: SerializedError) {
    super(error.message);
    this.error = error;
  }
}

/** The failure of what a person stopped. */
export const CANCELLED: SerializedError = { name: 'AbortError', code: 'cancelled', message: 'Stopped.' };

/** What may be said of a failure beyond this process: for a person's mistake its words, for ours no stack. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof CarriedError) return error.error;
  if (error instanceof TesseraError) {
    const { name, code, message, hint } = error;
    return { name, code, message: shownName(message), ...(hint !== undefined && { hint: shownName(hint) }) };
  }
  if (error instanceof Error && error.name === 'AbortError') return CANCELLED;
  return {
    name: error instanceof Error ? error.name : 'Error',
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is a mistake in Tessera. The log says more; what was computed is kept.',
  };
}

/** The outcome of a task as data; never rejects. */
export async function resultOf<T>(
  task: () => Promise<T>,
  onInternal?: (error: unknown) => void,
): Promise<Result<T>> {
  try {
    return { ok: true, value: await task() };
  } catch (error) {
    const serialized = serializeError(error);
    if (serialized.code === 'internal') onInternal?.(error);
    return { ok: false, error: serialized };
  }
}
