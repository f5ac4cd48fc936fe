import { compareRuns } from '../../../core/comparison/compare-runs.ts';
import type { ComparedRun } from '../../../core/comparison/compared-run.ts';
import type { ComparedSide, ComparisonPage } from '../../../core/report/comparison/comparison-data.ts';
import { randomAmounts, sampleRun } from '../comparison/sample-runs.ts';
import { explanation } from '../project/sample-run.ts';

/** A picture of one pixel. */
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** Of three concepts in 20 images. */
export const AMOUNTS = randomAmounts(20, 3);
/** A model with a stamp. */
export const A = sampleRun({
  amounts: AMOUNTS,
  importance: [0.6, 0.2, 0.1],
  names: ['stamp', 'wall', 'roof'],
  said: [1],
});
/** Without the stamp, and the wall matters more; all images say the same of by how much. */
export const B = sampleRun({
  amounts: AMOUNTS.map(([, ...others]) => others),
  importance: [0.7, 0.1],
  model: 'two',
  names: ['stone', '<b>roof</b>'],
});

function side(run: string, compared: ComparedRun): ComparedSide {
  return { folder: '/work/houses.tessera/', run, model: '/models/old & new.onnx', explanation, compared };
}

/** Both as a page. */
export function pageOf(a: ComparedRun, b: ComparedRun): ComparisonPage {
  const shown = ({ concepts }: ComparedRun) => concepts.map(() => ({ crops: [PIXEL, PIXEL], maps: [PIXEL] }));
  return {
    a: side('run1', a),
    b: side('run2', b),
    comparison: compareRuns(a, b),
    pictures: { a: shown(a), b: shown(b) },
    changedPictures: {},
    lost: 0,
  };
}
