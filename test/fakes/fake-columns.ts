import { matchedSentence } from '../../core/wording/table-words.ts';
import { associationsOf } from '../../core/tables/associations.ts';
import { readColumn } from '../../core/tables/column-kinds.ts';
import { columnLevels } from '../../core/tables/column-levels.ts';
import { slicesOf } from '../../core/tables/slices.ts';
import type { RunColumns, RunImage, TableSummary } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** A table of the demo's images: who took them, at which time of day, and a number. */
export function fakeColumns({ run, strengths }: DemoRunReader, images: readonly RunImage[]): RunColumns {
  const explained = strengths[0].length;
  const leading = images.map((_, image) => strengths[0][image] ?? 0);
  const middle = [...strengths[0]].sort((a, b) => a - b)[Math.floor(explained / 2)];
  const isMistake = ({ expected, predicted }: RunImage) => expected && expected.index !== predicted.index;
  const cells: Record<string, readonly string[]> = {
    photographer: leading.map((amount, i) => (amount > middle ? 'Anna' : ['Ben', 'Cleo'][i % 2])),
    time: images.map((image, i) => (isMistake(image) || i > images.length - 5 ? 'night' : 'day')),
    iso: images.map((_, i) => String(100 + ((i * 37) % 41))),
    taken: images.map((_, i) => `20${22 + (i % 3)}-0${1 + (i % 9)}-11`),
    remark: images.map((_, i) => `picture ${i}`),
  };
  const columns = Object.entries(cells).map(([name, own]) =>
    readColumn(name, own, { mayHaveDecimalComma: false }),
  );
  const levels = columns.map(columnLevels);
  const isWrong = images.map((image) => (image.expected === null ? undefined : isMistake(image) === true));
  const amounts = Array.from({ length: explained }, (_, image) => strengths.map((own) => own[image]));
  const own = columns.map((column) => ({ ...column, values: column.values.slice(0, explained) }));
  const none = { count: 0, some: [] };
  const idOf = (concept: number): string => run.concepts[concept].id;
  return {
    table: {
      ...{ file: 'photos.csv', pictureColumn: 'file', way: 'path', rows: images.length + 2 },
      ...{ pictures: images.length, matched: images.length, uneven: 0, notices: [] },
      ...{ strangers: { count: 2, some: ['lost.jpg', 'gone.jpg'] }, unnamed: none, ambiguous: none },
      ...{ repeated: none, contradicted: none },
    },
    columns: columns.map(({ name, kind, missing }, at) => ({
      ...{ name, kind, missing },
      ...(levels[at] && { levels: levels[at].levels, of: [...levels[at].of] }),
    })),
    concepts: run.concepts.map(({ id, name }) => ({ id, name })),
    explained,
    judged: isWrong.filter((one) => one !== undefined).length,
    wrong: isWrong.filter((one) => one === true).length,
    associations: associationsOf({ amounts, columns: own }, 0).map((one) => ({
      ...one,
      concept: idOf(one.concept),
      column: columns[one.column].name,
    })),
    slices: slicesOf(
      levels.flatMap((found, column) => (found === undefined ? [] : [{ column, ...found }])),
      isWrong,
    ).map((slice) => ({
      ...slice,
      column: columns[slice.column].name,
      concepts: [{ concept: idOf(1), more: { value: 0.9, low: 0.7, high: 0.97 }, q: 0.01 }],
    })),
  };
}

/** What the setup says of that table. */
export function fakeTable({ table, columns }: RunColumns): TableSummary {
  return {
    path: '/pictures/photos.csv',
    fileName: table.file,
    matched: matchedSentence(table),
    notes: ['2 rows name none of the images: lost.jpg and gone.jpg.'],
    columns: columns.map(({ name, kind }) => ({ name, kind })),
  };
}
