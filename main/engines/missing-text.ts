import type { PiecesMissing } from '../../core/pipeline/share.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { rangesText } from '../../core/wording/range-text.ts';
import { stageName } from '../../core/wording/stage-names.ts';

/** Which pieces of a stage are missing. */
export function missingText({
  stage,
  missing,
  pieces,
}: Pick<PiecesMissing, 'stage' | 'missing' | 'pieces'>): string {
  if (stage === 'bank')
    return 'The concepts are not there yet: they are found once all activations are read.';
  return `"${stageName(stage)}" lacks ${countOf(missing.length, 'piece')} of ${pieces}: ${rangesText(missing)}.`;
}
