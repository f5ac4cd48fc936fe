import { TesseraError } from '../errors.ts';
import { nearestNames } from '../nearest-names.ts';
import { readColumn, type Column } from './column-kinds.ts';
import {
  createFinder,
  MATCH_WAYS,
  type KnownPicture,
  type MatchWay,
  type PictureFinder,
} from './match-pictures.ts';
import { openTable, type RowFaults, type TableSource } from './table-source.ts';

/** How many there are of something, with some of them by name. */
export interface Examples {
  readonly count: number;
  readonly some: readonly string[];
}

/** A table as far as it speaks of some pictures. */
export interface PictureTable {
  /** Name as it was given. */
  readonly file: string;
  /** The column that names the pictures, and how its names were compared. */
  readonly pictureColumn: string;
  readonly way: MatchWay;
  readonly rows: number;
  /** Pictures that rows could name, and those that one does. */
  readonly pictures: number;
  readonly matched: number;
  /** Each has a value for every picture, in their order. */
  readonly columns: readonly Column[];
  /** Rows that name none of the pictures. */
  readonly strangers: Examples;
  /** Pictures that no row names. */
  readonly unnamed: Examples;
  /** Names that several pictures have: they are left out. */
  readonly ambiguous: Examples;
  /** Pictures with several rows, and those of them whose rows contradict each other: there nothing is known. */
  readonly repeated: Examples;
  readonly contradicted: Examples;
  /** Rows with more or fewer cells than there are columns, and the number of the first. */
  readonly uneven: number;
  readonly firstUneven?: number;
  /** Further sentences of how the file was read. */
  readonly notices: readonly string[];
}

/** Named in a message. */
const SOME = 5;
/** Rows after which a column that repeats itself is no longer taken for the pictures' names. */
const LOOKED_AT = 2000;
/** Different values among them, as a share, that names have at least. */
const LEAST_DIFFERENT = 0.1;

/**
 * Reads what a table says of some pictures. The column that names them is the one that names most; see
 * {@link createFinder} for how names are compared, {@link readColumn} for kinds and missing values.
 *
 * `chosen` names the column instead. Throws TesseraError 'bad-table' where no column names any of the pictures.
 * Cost: the text is read twice; only rows of known pictures are kept. A million rows of six columns take some seconds.
 */
export function readTable(
  bytes: Uint8Array,
  file: string,
  pictures: readonly KnownPicture[],
  chosen?: string,
): PictureTable {
  const source = openTable(bytes, file);
  const finder = createFinder(pictures);
  const { column, way } = pictureColumn(source, finder, { file, pictures, chosen });
  const rows = collect(source, finder, { column, way, pictures });
  const columns = source.columns.flatMap((name, at) =>
    at === column
      ? []
      : [
          readColumn(
            name,
            pictures.map((_, picture) => rows.own.get(picture)?.[at]),
            source,
          ),
        ],
  );
  const unnamed = pictures.filter((_, at) => !rows.own.has(at)).map(({ path }) => path);
  return {
    file,
    pictureColumn: source.columns[column],
    way,
    rows: rows.faults.rows,
    pictures: pictures.length,
    matched: rows.own.size,
    columns,
    strangers: rows.strangers,
    unnamed: examples(unnamed),
    ambiguous: rows.ambiguous,
    repeated: examples([...rows.repeated].map((at) => pictures[at].path)),
    contradicted: examples([...rows.contradicted].map((at) => pictures[at].path)),
    uneven: rows.faults.uneven,
    ...(rows.faults.firstUneven !== undefined && { firstUneven: rows.faults.firstUneven }),
    notices: source.notices,
  };
}

interface Wanted {
  readonly file: string;
  readonly pictures: readonly KnownPicture[];
  readonly chosen: string | undefined;
}

/** The column and the way by which most pictures are named; the first and strictest of equals. */
function pictureColumn(source: TableSource, finder: PictureFinder, { file, pictures, chosen }: Wanted) {
  const { columns } = source;
  const only = chosen === undefined ? undefined : columns.indexOf(chosen);
  if (only === -1)
    throw new TesseraError('bad-table', `${file} has no column "${chosen}".`, {
      hint: `Near to it: ${nearestNames(chosen!, columns).join(', ')}.`,
    });
  const looked = columns.map((_, column) => new NamingColumn(column));
  let active = only === undefined ? looked : [looked[only]];
  const sample: string[] = [];
  source.eachRow((cells, row) => {
    if (row < 3) sample.push(cells[only ?? 0]);
    for (const one of active) one.look(cells[one.column], finder, row < LOOKED_AT);
    if (row === LOOKED_AT) active = active.filter((one) => one.mayName);
  });
  const best = looked
    .flatMap((one) => MATCH_WAYS.map((way) => ({ column: one.column, way, count: one.found[way].size })))
    .reduce((most, one) => (one.count > most.count ? one : most), {
      column: -1,
      way: MATCH_WAYS[0],
      count: 0,
    });
  if (best.column >= 0) return best;
  const unclear = looked.find(({ ambiguous }) => ambiguous !== undefined);
  if (unclear !== undefined)
    throw ambiguousNames(file, columns[unclear.column], unclear.ambiguous!, pictures);
  throw new TesseraError(
    'bad-table',
    `No column of ${file} names any of the ${pictures.length} pictures; its columns are ${columns.slice(0, 8).join(', ')}.`,
    {
      hint: `One column must hold file names or paths, as "${nameOf(pictures[0]?.path ?? 'a.jpg')}"; the first of "${columns[only ?? 0]}" are ${sample.map((cell) => `"${cell.slice(0, 40)}"`).join(', ') || 'missing'}.`,
    },
  );
}

function ambiguousNames(
  file: string,
  column: string,
  name: string,
  pictures: readonly KnownPicture[],
): TesseraError {
  return new TesseraError(
    'bad-table',
    `The names in column "${column}" of ${file} do not tell the pictures apart: several are called "${name.slice(0, 40)}".`,
    {
      hint: `Give the folder too, as in "${pictures[0]?.path.split(/[\\/]/).slice(-2).join('/') ?? 'house/01.jpg'}".`,
    },
  );
}

/** A column that may name pictures. */
class NamingColumn {
  readonly column: number;
  readonly found: Record<MatchWay, Set<number>> = { path: new Set(), name: new Set(), stem: new Set() };
  /** The first name that several pictures have. */
  ambiguous: string | undefined;
  #rows = 0;
  readonly #different = new Set<string>();

  constructor(column: number) {
    this.column = column;
  }

  look(cell: string, finder: PictureFinder, isEarly: boolean): void {
    if (isEarly) {
      this.#rows++;
      this.#different.add(cell);
    }
    // What a stricter way finds, a looser one finds as well.
    for (const [at, way] of MATCH_WAYS.entries()) {
      const match = finder.find(cell, way);
      if (match === 'ambiguous') this.ambiguous ??= cell;
      if (typeof match !== 'number') continue;
      for (const looser of MATCH_WAYS.slice(at)) this.found[looser].add(match);
      return;
    }
  }

  get mayName(): boolean {
    return this.#different.size >= LEAST_DIFFERENT * this.#rows;
  }
}

interface Collected {
  readonly own: ReadonlyMap<number, readonly string[]>;
  readonly faults: RowFaults;
  readonly strangers: Examples;
  readonly ambiguous: Examples;
  readonly repeated: ReadonlySet<number>;
  readonly contradicted: ReadonlySet<number>;
}

function collect(
  source: TableSource,
  finder: PictureFinder,
  {
    column,
    way,
  }: { readonly column: number; readonly way: MatchWay; readonly pictures: readonly KnownPicture[] },
): Collected {
  const own = new Map<number, string[]>();
  const [repeated, contradicted] = [new Set<number>(), new Set<number>()];
  const [strangers, ambiguous] = [new Tally(), new Tally()];
  const faults = source.eachRow((cells) => {
    const match = finder.find(cells[column], way);
    if (match === undefined) strangers.add(cells[column]);
    else if (match === 'ambiguous') ambiguous.add(cells[column]);
    else {
      const before = own.get(match);
      if (before === undefined) own.set(match, [...cells]);
      else {
        repeated.add(match);
        if (contradicts(before, cells, column)) contradicted.add(match);
      }
    }
  });
  return {
    own,
    faults,
    strangers: strangers.examples,
    ambiguous: ambiguous.examples,
    repeated,
    contradicted,
  };
}

/** Empties what two rows of one picture say differently. */
function contradicts(before: string[], cells: readonly string[], column: number): boolean {
  let isOther = false;
  cells.forEach((cell, at) => {
    if (at === column || cell.trim() === before[at].trim()) return;
    before[at] = '';
    isOther = true;
  });
  return isOther;
}

class Tally {
  #count = 0;
  readonly #some: string[] = [];

  add(name: string): void {
    this.#count++;
    if (this.#some.length < SOME) this.#some.push(name.slice(0, 200));
  }

  get examples(): Examples {
    return { count: this.#count, some: this.#some };
  }
}

function examples(all: readonly string[]): Examples {
  return { count: all.length, some: all.slice(0, SOME).map(nameOf) };
}

/** The last folder and the name. */
function nameOf(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}
