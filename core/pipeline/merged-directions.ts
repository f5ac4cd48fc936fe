import type { Explanation } from '../concepts/explanation.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import { rowView, takeRows, type Matrix } from '../linalg/matrix.ts';
import type { RunTensors } from '../project/run-tensors.ts';
import type { Merge } from './merged-run.ts';

/**
 * Directions [n, p] of concepts that are shown, in their order; of merged ones that of what they contribute together on
 * average. `coefficients` are those of every concept by itself.
 */
export function directionsOf(
  { concepts }: Pick<Explanation, 'concepts'>,
  { conceptBank: bank, coefficients }: Pick<RunTensors, 'conceptBank' | 'coefficients'>,
  merges: readonly Pick<Merge, 'group'>[],
): Matrix {
  const columns = concepts.map(({ id }) => rowOfId(id));
  const out = takeRows(bank, columns);
  for (const { group } of merges) {
    const row = rowView(out, columns.indexOf(rowOfId(group[0])));
    row.fill(0);
    for (const member of group.map(rowOfId)) {
      const total = coefficients.reduce((sum, { cols, data }) => {
        let own = 0;
        for (let at = member; at < data.length; at += cols) own += data[at];
        return sum + own;
      }, 0);
      rowView(bank, member).forEach((value, channel) => (row[channel] += total * value));
    }
  }
  return out;
}
