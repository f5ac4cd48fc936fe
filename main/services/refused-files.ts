import { TesseraError } from '../../core/errors.ts';
import { countOf } from '../../core/wording/count-text.ts';
import type { Refused } from './dropped-paths.ts';

/** Named one by one; more are counted. */
const NAMED = 6;

const WHAT_IS_TAKEN =
  'Images and folders of them are taken, a model (.onnx), its labels (.txt or .json), a table of the images (.csv, .tsv or .json), boxes or masks (COCO’s .json, a folder of Pascal VOC’s .xml), and a project.';

/** Names what is not taken of a drop, each with the reason. */
export function refusalOf(refused: readonly Refused[]): TesseraError {
  const hints = [...new Set(refused.flatMap(({ hint }) => hint ?? []))];
  return new TesseraError('bad-usage', textOf(refused), {
    hint: hints.length === 0 ? WHAT_IS_TAKEN : hints.join('\n'),
  });
}

function textOf(refused: readonly Refused[]): string {
  const [first] = refused;
  if (refused.length === 1) return `“${first.name}” is not taken: ${first.reason}.`;
  const named = refused.slice(0, NAMED).map(({ name, reason }) => `“${name}” (${reason})`);
  const more = refused.length - named.length;
  const others = more > 0 ? `; and ${countOf(more, 'other')}` : '';
  return `Not taken: ${named.join('; ')}${others}.`;
}
