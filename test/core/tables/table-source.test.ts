import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import { openTable } from '../../../core/tables/table-source.ts';
import { csvText } from '../../../core/wording/csv.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, isBig: boolean): Uint8Array => {
  const bytes = new Uint8Array(2 + 2 * text.length);
  const view = new DataView(bytes.buffer);
  [0xfeff, ...[...text].map((letter) => letter.charCodeAt(0))].forEach((code, at) =>
    view.setUint16(2 * at, code, !isBig),
  );
  return bytes;
};

function read(bytes: Uint8Array) {
  const { columns, notices, eachRow } = openTable(bytes, 't.csv');
  const rows: string[][] = [];
  const faults = eachRow((cells) => rows.push([...cells]));
  return { columns, notices, rows, faults };
}

function refusal(text: string | Uint8Array): TesseraError {
  try {
    read(typeof text === 'string' ? utf8(text) : text);
  } catch (error) {
    if (error instanceof TesseraError) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('openTable()', () => {
  it.each([
    ['commas', 'file,size\na.jpg,3\n'],
    ['semicolons', 'file;size\r\na.jpg;3\r\n'],
    ['tabs', 'file\tsize\na.jpg\t3'],
    ['old line ends', 'file,size\ra.jpg,3\r'],
    ['a byte order mark', '\ufefffile,size\na.jpg,3\n'],
    ['Excel’s line of the separator', 'sep=;\r\nfile;size\r\na.jpg;3\r\n'],
    ['empty lines', '\n\nfile,size\n\n,\na.jpg,3\n\n'],
    ['records', '[{"file": "a.jpg", "size": 3}]'],
    ['a record a line', '{"file": "a.jpg", "size": 3}\n'],
  ])('reads a table with %s', (_, text) => {
    const { columns, rows } = read(utf8(text));
    expect(columns).toEqual(['file', 'size']);
    expect(rows).toEqual([['a.jpg', '3']]);
  });

  it('reads UTF-16 by its mark, and Latin-1 with a word about it', () => {
    for (const isBig of [false, true])
      expect(read(utf16('file,ort\na.jpg,Köln\n', isBig)).rows).toEqual([['a.jpg', 'Köln']]);
    const latin = Uint8Array.from('file,ort\na.jpg,Köln\n', (letter) => letter.charCodeAt(0));
    const { rows, notices } = read(latin);
    expect(rows).toEqual([['a.jpg', 'Köln']]);
    expect(notices).toEqual([
      'It is not in UTF-8 and was read as Windows-1252 (Latin-1): look whether letters beyond a to z are right.',
    ]);
  });

  it('keeps separators, line ends and quotes inside quotes', () => {
    expect(read(utf8('file,note\n"a,b.jpg","two\nlines ""quoted"""\n')).rows).toEqual([
      ['a,b.jpg', 'two\nlines "quoted"'],
    ]);
  });

  it('reads back whatever Tessera writes', () => {
    // What begins like a formula is written with an apostrophe, and lines without any text are passed over.
    const cell = fc.string({ unit: 'grapheme' }).filter((text) => !/^[=+\-@\t\r\ufeff]/.test(text));
    const row = fc.tuple(cell, cell, cell).filter((cells) => cells.some((text) => text.trim() !== ''));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        fc.pre(!rows.some((cells) => cells.some((text) => text.includes('\0'))));
        expect(read(utf8(csvText([['x', 'y', 'z'], ...rows]))).rows).toEqual(rows);
      }),
    );
  });

  it('fills and cuts uneven rows and counts them', () => {
    const { rows, faults } = read(utf8('file,a,b\nx.jpg,1,2\ny.jpg,1\nz.jpg,1,2,3\n'));
    expect(rows).toEqual([
      ['x.jpg', '1', '2'],
      ['y.jpg', '1', ''],
      ['z.jpg', '1', '2'],
    ]);
    expect(faults).toEqual({ rows: 3, uneven: 2, firstUneven: 3 });
  });

  it('names columns without a name, and tells those of one name apart', () => {
    const { columns, notices } = read(utf8('file,,size,size\na.jpg,1,2,3\n'));
    expect(columns).toEqual(['file', 'column 2', 'size', 'size (2)']);
    expect(notices).toEqual([
      'Several columns are called "size"; the later ones have a number behind the name.',
    ]);
  });

  it('leaves out what is nested in records, and says so', () => {
    const { columns, rows, notices } = read(utf8('[{"file":"a.jpg","at":[1],"ok":true},{"file":"b.jpg"}]'));
    expect(columns).toEqual(['file', 'ok']);
    expect(rows).toEqual([
      ['a.jpg', 'true'],
      ['b.jpg', ''],
    ]);
    expect(notices).toEqual(['Lists and records inside a record are left out: at.']);
  });

  it('says in words what is no table', () => {
    expect(refusal('').message).toBe('t.csv is empty.');
    expect(refusal('\ufeff \n').message).toBe('t.csv is empty.');
    expect(refusal('file\na.jpg\n').message).toBe('t.csv has one column only, "file".');
    expect(refusal(Uint8Array.of(1, 0, 2, 0)).message).toBe('t.csv is no text: it holds zero bytes.');
    expect(refusal('file,note\na.jpg,"open\nb.jpg,x\n').message).toBe(
      't.csv: a quotation mark in row 2 is not closed.',
    );
    expect(refusal('[1, 2]').message).toBe('t.csv: entry 1 is no record of names and values.');
    expect(refusal('[]').message).toBe('t.csv holds no records.');
    expect(refusal('{"a": 1}\n{"a": \n').message).toMatch(/^t.csv is not valid JSON in line 2: /);
    expect(refusal('[]').code).toBe('bad-table');
  });
});
