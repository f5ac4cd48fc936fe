import { pearson } from '../../metrics/correlation.ts';
import type { StudyPicture } from '../study.ts';
import type { PictureView } from './picture-view.ts';

/** Cells along a side at which crops are compared. */
const CELLS = 8;

/**
 * How well each crop goes with the others: the mean correlation of its colours with theirs, and of its edges, which keep when
 * a scene is lit otherwise. The one that goes least is the odd one.
 */
export function belonging(crops: readonly StudyPicture[], views: (sha256: string) => PictureView): number[] {
  const looks = crops.map(({ sha256 }) => looksOf(views(sha256)));
  return looks.map((own, at) => {
    const others = looks.filter((_, other) => other !== at);
    return others.reduce((sum, other) => sum + alike(own, other) / others.length, 0);
  });
}

interface Looks {
  readonly colours: readonly number[];
  readonly edges: readonly number[];
}

function looksOf({ coarse }: PictureView): Looks {
  const side = Math.sqrt(coarse.length / 3);
  const block = side / CELLS;
  const colours = new Array<number>(CELLS * CELLS * 3).fill(0);
  const edges = new Array<number>(CELLS * CELLS).fill(0);
  const light = (row: number, column: number): number => {
    const at = 3 * (row * side + column);
    return coarse[at] + coarse[at + 1] + coarse[at + 2];
  };
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const cell = Math.floor(row / block) * CELLS + Math.floor(column / block);
      for (let channel = 0; channel < 3; channel++)
        colours[3 * cell + channel] += coarse[3 * (row * side + column) + channel];
      if (row + 1 < side) edges[cell] += Math.abs(light(row + 1, column) - light(row, column));
      if (column + 1 < side) edges[cell] += Math.abs(light(row, column + 1) - light(row, column));
    }
  return { colours, edges };
}

function alike(a: Looks, b: Looks): number {
  return ((pearson(a.colours, b.colours) ?? 0) + (pearson(a.edges, b.edges) ?? 0)) / 2;
}
