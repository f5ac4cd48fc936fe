import type { Box, Explanation } from '../concepts/explanation.ts';
import { positionBoxes } from '../concepts/gallery.ts';
import { frameOf, type Preprocessing } from '../images/preprocessing.ts';
import type { RunFile } from '../project/schema.ts';

/**
 * The part of the picture that each grid position of a run's layer stands for: as large as the crops of the run where they
 * are known, else the paper's share of the picture.
 */
export function runBoxes(
  { layer, concepts }: Pick<Explanation, 'layer' | 'concepts'>,
  { options }: Pick<RunFile, 'options'>,
  preprocessing: Preprocessing,
): Box[] {
  const frame = frameOf(preprocessing);
  const short = Math.min(frame.width, frame.height);
  const first = concepts.flatMap(({ crops }) => crops)[0];
  const patch = typeof options.patch === 'number' ? options.patch : (first?.box[2] ?? short);
  return positionBoxes(layer, frame, Math.min(patch, short));
}
