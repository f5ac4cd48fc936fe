/** A failure as it is shown: what happened, what to do, and everything for a bug report. */
export interface ShownError {
  readonly message: string;
  readonly hint?: string;
  readonly details: string;
}

/** Reads a thrown value of any shape; `hint` and `code` are kept where they are present. */
export function describeError(error: unknown): ShownError {
  if (typeof error !== 'object' || error === null) {
    const message = typeof error === 'string' && error !== '' ? error : 'Something failed without a reason.';
    return { message, details: message };
  }
  const { name, message, code, hint } = error as Record<string, unknown>;
  const text = asText(message) ?? 'Something failed without a reason.';
  const advice = asText(hint);
  const head = [asText(name), asText(code)].filter((part) => part !== undefined).join(' ');
  const details = [head, text, advice].filter((part) => part !== undefined && part !== '').join('\n');
  return { message: text, details, ...(advice !== undefined && { hint: advice }) };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
