import { describe, expect, it } from 'vitest';
import type { TesseraError } from '../../../core/errors.ts';
import { readColumn } from '../../../core/tables/column-kinds.ts';
import { parseDates } from '../../../core/tables/dates.ts';
import { readTable } from '../../../core/tables/read-table.ts';

const at = (...paths: string[]) => paths.map((path) => ({ path, root: '/home/me/photos' }));
const PICTURES = at(
  '/home/me/photos/barn/1.jpg',
  '/home/me/photos/house/1.jpg',
  '/home/me/photos/house/Ä 2.JPG',
);
const table = (text: string, pictures = PICTURES) =>
  readTable(new TextEncoder().encode(text), 't.csv', pictures);
const valuesOf = (text: string, pictures = PICTURES): number[] => [
  ...table(text, pictures).columns.find(({ name }) => name === 'v')!.values,
];

describe('readTable()', () => {
  it.each([
    ['paths below the folder', 'v,file\n5,house/1.jpg\n6,barn/1.jpg\n7,house/Ä 2.JPG\n'],
    ['backslashes', 'v,file\n5,house\\1.jpg\n6,barn\\1.jpg\n7,.\\house\\Ä 2.JPG\n'],
    [
      'whole paths',
      'v,file\n5,/home/me/photos/house/1.jpg\n6,/home/me/photos/barn/1.jpg\n7,C:\\x\\house\\ä 2.jpg\n',
    ],
    ['another place', 'v,file\n5,/mnt/old/house/1.jpg\n6,/mnt/old/barn/1.jpg\n7,/mnt/old/house/Ä 2.JPG\n'],
    ['decomposed letters', 'v,file\n5,house/1.jpg\n6,barn/1.jpg\n7,house/A\u0308 2.JPG\n'],
  ])('finds the column that names the pictures by %s', (_, text) => {
    const found = table(text);
    expect(found).toMatchObject({ pictureColumn: 'file', way: 'path', rows: 3, matched: 3 });
    expect(valuesOf(text)).toEqual([6, 5, 7]);
  });

  it('takes the row of the whole path, where others are of a folder that mirrors the first', () => {
    const own = '5,/home/me/photos/house/1.jpg';
    const others = ['8,/mnt/copy/house/1.jpg', '9,/mnt/copy/barn/1.jpg', '6,/home/me/photos/barn/1.jpg'];
    for (const rows of [
      [own, ...others],
      [...others, own],
    ]) {
      const text = `v,file\n${rows.join('\n')}\n7,house/Ä 2.JPG\n`;
      expect(valuesOf(text)).toEqual([6, 5, 7]);
      expect(table(text).repeated.count).toBe(0);
      expect(table(text).strangers.count).toBe(2);
    }
  });

  it('compares names without folders or extensions where nothing else fits', () => {
    const pictures = at('/p/x/a.jpg', '/p/y/b.jpg', '/p/y/c.jpg');
    expect(table('file,v\n/q/z/a.jpg,5\n/q/z/b.jpg,6\n/q/c.jpg,7\n', pictures)).toMatchObject({
      way: 'name',
      matched: 3,
    });
    expect(table('id,v\na,5\nb,6\nc,7\n', pictures)).toMatchObject({
      pictureColumn: 'id',
      way: 'stem',
      matched: 3,
    });
  });

  it('guesses nothing: names of several pictures, repeated and foreign rows are told', () => {
    const found = table(
      'file,v,w\n1.jpg,1,1\nhouse/Ä 2.JPG,7,a\nhouse/Ä 2.JPG,8,a\nnone.jpg,3,3\nbarn/1.jpg,4,4\nbarn/1.jpg,4,4\n',
    );
    expect(found.ambiguous).toEqual({ count: 1, some: ['1.jpg'] });
    expect(found.strangers).toEqual({ count: 1, some: ['none.jpg'] });
    expect(found.unnamed).toEqual({ count: 1, some: ['house/1.jpg'] });
    expect(found.repeated.some).toEqual(['barn/1.jpg', 'house/Ä 2.JPG'].reverse());
    expect(found.contradicted).toEqual({ count: 1, some: ['house/Ä 2.JPG'] });
    expect(found.columns[1].levels).toEqual(['4', 'a']);
    expect([...found.columns[0].values]).toEqual([0, NaN, NaN]);
  });

  it.each([
    ['a folder', 'folder', ['barn', 'house', 'house']],
    ['a path of folders', 'where', ['photos/barn', 'photos\\\\house', 'photos/house']],
    ['a class', 'true', ['BARN', 'House', 'house']],
  ])('lets a column that names %s settle names that several pictures have', (_, name, cells) => {
    const names = ['1.jpg', '1.jpg', 'Ä 2.JPG'];
    const text = `file,${name},v\n${names.map((file, at) => `${file},${cells[at]},${at}`).join('\n')}\n`;
    const found = table(text);
    expect(found).toMatchObject({ matched: 3, ambiguous: { count: 0 }, folder: { column: name, rows: 2 } });
    expect(valuesOf(text)).toEqual([0, 1, 2]);
  });

  it('settles names without extension, and folders written with lines for spaces', () => {
    const pictures = at('/p/golf_ball/1.jpg', '/p/tench/1.jpg', '/p/tench/2.jpg');
    const text = 'id,class,v\n1,tench,5\n1,Golf ball,6\n2,tench,7\n';
    expect(valuesOf(text, pictures)).toEqual([6, 5, 7]);
  });

  it('joins nothing by a column that leaves a row open or names a picture twice', () => {
    const pictures = at('/p/train/house/1.jpg', '/p/test/house/1.jpg', '/p/test/barn/2.jpg');
    const open = table('file,folder,v\n1.jpg,house,5\n2.jpg,barn,6\n', pictures);
    expect(open).toMatchObject({ matched: 1, ambiguous: { count: 1, some: ['1.jpg'] } });
    expect(open.folder).toBeUndefined();
    // As a model's answers, one of them wrong: what it says is no place.
    const said = table('file,said,v\n1.jpg,barn,5\n1.jpg,barn,6\nÄ 2.JPG,house,7\n');
    expect(said).toMatchObject({ matched: 1, ambiguous: { count: 2 } });
    expect([...said.columns[1].values]).toEqual([NaN, NaN, 0]);
    expect(said.columns[1].levels).toEqual(['7']);
  });

  it('takes no table of which nothing is clear', () => {
    expect(() => table('file,v\n1.jpg,5\n1.jpg,6\n')).toThrow(
      'The names in column "file" of t.csv do not tell the pictures apart: several are called "1.jpg".',
    );
  });

  it('tells upper and lower case apart only where pictures do', () => {
    const pictures = at('/p/a.jpg', '/p/A.jpg', '/p/b.jpg');
    expect(valuesOf('file,v\na.jpg,1\nA.jpg,2\nB.JPG,3\n', pictures)).toEqual([1, 2, 3]);
  });

  it('says what it looked at where no column names a picture', () => {
    try {
      table('id,v\n77,5\n78,6\n');
      expect.unreachable();
    } catch (error) {
      const { message, hint } = error as TesseraError;
      expect(message).toBe('No column of t.csv names any of the 3 pictures; its columns are id, v.');
      expect(hint).toBe(
        'One column must hold file names or paths, as "barn/1.jpg"; the first of "id" are "77", "78".',
      );
    }
  });
});

describe('readColumn()', () => {
  const plain = { mayHaveDecimalComma: false };
  it.each([
    ['number', ['1', '-2.5', '3e2', 'NA', '']],
    ['category', ['007', '012', '100']],
    ['category', ['1', '0', '1', '0']],
    ['category', ['1,5', '2,5', '3,5']],
    ['date', ['2024-01-31', '2024-02-01', '2024-02-02']],
    ['category', ['01/02/2024', '03/04/2024', '05/06/2024']],
    ['same', ['x', 'x', '']],
    ['same', ['', 'n/a']],
    ['text', Array.from({ length: 40 }, (_, i) => `remark ${i}`)],
  ])('takes as %s what looks so', (kind, cells) => {
    expect(readColumn('c', cells, plain).kind).toBe(kind);
  });

  it('reads decimal commas where commas part no columns', () => {
    const { kind, values } = readColumn('c', ['1,5', '2', '-3,25'], { mayHaveDecimalComma: true });
    expect(kind).toBe('number');
    expect([...values]).toEqual([1.5, 2, -3.25]);
  });

  it('counts what is missing and says why dates are none', () => {
    expect(readColumn('c', ['1', undefined, 'n/a', '2', '3'], plain).missing).toBe(2);
    expect(readColumn('c', ['01/02/2024', '03/04/2024', '05/06/2024'], plain).notice).toMatch(
      /^Its dates may/,
    );
  });
});

describe('parseDates()', () => {
  const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / 864e5;
  it.each([
    ['2024-12-31', day(2024, 12, 31)],
    ['2024-12-31T12:00:00Z', day(2024, 12, 31) + 0.5],
    ['2024-12-31 06:00:00+06:00', day(2024, 12, 31)],
    ['2024:12:31 18:00:00', day(2024, 12, 31) + 0.75],
    ['2024-12', day(2024, 12, 1)],
    ['31.12.2024', day(2024, 12, 31)],
    ['31 Dec 2024', day(2024, 12, 31)],
    ['December 31, 2024', day(2024, 12, 31)],
    ['31/12/2024', day(2024, 12, 31)],
    ['12/31/2024', day(2024, 12, 31)],
  ])('reads %s', (text, days) => {
    const parsed = parseDates([text]);
    expect(parsed.status === 'read' && parsed.days[0]).toBeCloseTo(days, 9);
  });

  it('lets the whole column tell days from months, and refuses days that are not', () => {
    expect(parseDates(['05/06/2024', '25/06/2024'])).toEqual({
      status: 'read',
      days: [day(2024, 6, 5), day(2024, 6, 25)],
    });
    expect(parseDates(['05/06/2024', '06/07/2024']).status).toBe('ambiguous');
    expect(parseDates(['2024-02-30']).status).toBe('no-dates');
    expect(parseDates(['25/06/2024', '06/25/2024']).status).toBe('no-dates');
    expect(parseDates(['2024-01-01', 'soon']).status).toBe('no-dates');
  });
});
