import type { MatchWay, PictureFinder } from './match-pictures.ts';
import type { TableSource } from './table-source.ts';

/** Names of columns that hold folders or classes by their meaning. */
const FOLDER_WORDS = /^(folder|directory|dir|class|label|category|target|truth)([ _-]?(name|id))?$/i;
/** Share of the unclear rows that any other column must settle. */
const MOST_ROWS = 0.9;

/**
 * The column whose cells say in which folder those pictures are whose names several have, if there is one. It is called so
 * (folder, class, …), or settles nine in ten of the unclear rows and names no picture twice, as a column of answers of a
 * model that errs would. Of several the one that settles most, the first of equals.
 *
 * `naming`: the column of the names, and how they are compared. Cost: the rows are read once.
 */
export function folderColumn(
  source: TableSource,
  { candidates, inFolder }: PictureFinder,
  naming: { readonly column: number; readonly way: MatchWay },
): number | undefined {
  const tallies = source.columns.map(() => ({ settled: new Set<number>(), twice: 0 }));
  let unclear = 0;
  source.eachRow((cells) => {
    const found = candidates(cells[naming.column], naming.way);
    if (found.length < 2) return;
    unclear++;
    tallies.forEach((tally, column) => {
      const own = column === naming.column ? [] : inFolder(found, cells[column]);
      if (own.length !== 1) return;
      if (tally.settled.has(own[0])) tally.twice++;
      tally.settled.add(own[0]);
    });
  });
  const scores = tallies.map(({ settled, twice }, column) => {
    const isCalledSo = FOLDER_WORDS.test(source.columns[column].trim());
    const isClear = twice === 0 && settled.size >= MOST_ROWS * unclear;
    return isCalledSo || isClear ? settled.size - twice : 0;
  });
  const most = Math.max(...scores);
  return most > 0 ? scores.indexOf(most) : undefined;
}
