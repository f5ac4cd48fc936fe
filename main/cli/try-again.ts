import { PiecesMissing } from '../../core/pipeline/share.ts';
import { isBadInput, TesseraError } from '../../core/errors.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { rangesText } from '../../core/wording/range-text.ts';
import { stageName } from '../../core/wording/stage-names.ts';

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

/** Which pieces of a stage are missing. */
function missingText({
  stage,
  missing,
  pieces,
}: Pick<PiecesMissing, 'stage' | 'missing' | 'pieces'>): string {
  if (stage === 'bank')
    return 'The concepts are not there yet: they are found once all activations are read.';
  return `"${stageName(stage)}" lacks ${countOf(missing.length, 'piece')} of ${pieces}: ${rangesText(missing)}.`;
}
