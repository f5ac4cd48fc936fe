import { PiecesMissing } from '../../core/pipeline/share.ts';
import { isBadInput, TesseraError } from '../../core/errors.ts';
import { missingText } from '../engines/missing-text.ts';

/** What a command exits with that may be tried again as it is: sysexits' EX_TEMPFAIL, which schedulers requeue. */
export const TRY_AGAIN = 75;

/** Not now, but later: what is needed is not there yet, or something is in the way that will pass. */
export class TryAgain extends Error {}

/** Runs what is tried again by whoever started it: all but bad input is told as passing. */
export async function orTryAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PiecesMissing) throw new TryAgain(missingText(error), { cause: error });
    if (error instanceof TesseraError && !isBadInput(error)) {
      const said = [error.message, error.hint].filter((text) => text !== undefined);
      throw new TryAgain(said.map((text) => (/[.!?:]$/.test(text) ? text : `${text}.`)).join(' '), {
        cause: error,
      });
    }
    throw error;
  }
}
