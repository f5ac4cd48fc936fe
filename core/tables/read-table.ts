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
import { examples, shortName, Tally, type Examples } from './examples.ts';
import { folderColumn } from './settle-names.ts';
import { openTable, type RowFaults, type TableSource } from './table-source.ts';

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
  /** Rows whose name several pictures have, and that no folder settles: nothing is known by them. */
  readonly ambiguous: Examples;
  /** The column that says in which folder a picture is, where names alone do not, and the rows that it settled. */
  readonly folder?: { readonly column: string; readonly rows: number };
  /** Pictures with several rows, and those of them whose rows contradict each other: there nothing is known. */
  readonly repeated: Examples;
  readonly contradicted: Examples;
  /** Rows with more or fewer cells than there are columns, and the number of the first. */
  readonly uneven: number;
  readonly firstUneven?: number;
  /** Further sentences of how the file was read. */
  readonly notices: readonly string[];
}

/** Rows after which a column that repeats itself is no longer taken for the pictures' names. */
const LOOKED_AT = 2000;
/** Different values among them, as a share, that names have at least. */
const LEAST_DIFFERENT = 0.1;

/**
 * Reads what a table says of some pictures. The column that names them is the one that names most; see
 * {@link createFinder} for how names are compared, {@link readColumn} for kinds and missing values. A name that several
 * pictures have is joined with one only where a column says in which folder it is, see {@link folderColumn}.
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
  const naming = pictureColumn(source, finder, { file, pictures, chosen });
  const folder = naming.isUnclear ? folderColumn(source, finder, naming) : undefined;
  const { column, way } = naming;
  const rows = collect(source, finder, { column, way, folder });
  if (rows.own.size === 0)
    throw ambiguousNames(file, source.columns[column], rows.ambiguous.some[0] ?? '', pictures);
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
    ...(folder !== undefined && { folder: { column: source.columns[folder], rows: rows.settled } }),
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

/**
 * The column and the way by which most pictures are named, the first and strictest of equals; where none names one picture
 * alone, those by which most rows name several.
 */
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
  const best =
    most(looked, ({ found }, way) => found[way].size) ?? most(looked, (one, way) => one.unclear[way]);
  if (best !== undefined) return { ...best, isUnclear: looked[best.column].unclear[best.way] > 0 };
  throw new TesseraError(
    'bad-table',
    `No column of ${file} names any of the ${pictures.length} pictures; its columns are ${columns.slice(0, 8).join(', ')}.`,
    {
      hint: `One column must hold file names or paths, as "${shortName(pictures[0]?.path ?? 'a.jpg')}"; the first of "${columns[only ?? 0]}" are ${sample.map((cell) => `"${cell.slice(0, 40)}"`).join(', ') || 'missing'}.`,
    },
  );
}

/** The column and way of the largest count, the first of equals; undefined where all are 0. */
function most(
  looked: readonly NamingColumn[],
  countOf: (one: NamingColumn, way: MatchWay) => number,
): { readonly column: number; readonly way: MatchWay } | undefined {
  const all = looked.flatMap((one) =>
    MATCH_WAYS.map((way) => ({ column: one.column, way, count: countOf(one, way) })),
  );
  const largest = all.reduce((so, { count }) => Math.max(so, count), 0);
  return largest === 0 ? undefined : all.find(({ count }) => count === largest);
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
      hint: `Give the folder too, as in "${shortName(pictures[0]?.path ?? 'house/01.jpg')}", or add a column "folder" that says it.`,
    },
  );
}

/** A column that may name pictures. */
class NamingColumn {
  readonly column: number;
  readonly found: Record<MatchWay, Set<number>> = { path: new Set(), name: new Set(), stem: new Set() };
  /** Rows whose name several pictures have. */
  readonly unclear: Record<MatchWay, number> = { path: 0, name: 0, stem: 0 };
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
      if (match === undefined) continue;
      for (const looser of MATCH_WAYS.slice(at)) {
        if (match === 'ambiguous') this.unclear[looser]++;
        else this.found[looser].add(match);
      }
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
  /** Rows of which a folder says which picture they name. */
  readonly settled: number;
  readonly repeated: ReadonlySet<number>;
  readonly contradicted: ReadonlySet<number>;
}

function collect(
  source: TableSource,
  finder: PictureFinder,
  {
    column,
    way,
    folder,
  }: { readonly column: number; readonly way: MatchWay; readonly folder: number | undefined },
): Collected {
  const own = new Map<number, string[]>();
  const [repeated, contradicted] = [new Set<number>(), new Set<number>()];
  const [strangers, ambiguous] = [new Tally(), new Tally()];
  const whole = new Set<number>();
  let settled = 0;
  const faults = source.eachRow((cells) => {
    const found = finder.candidates(cells[column], way);
    const meant = found.length > 1 && folder !== undefined ? finder.inFolder(found, cells[folder]) : found;
    if (found.length > 1 && meant.length === 1) settled++;
    if (found.length === 0) strangers.add(cells[column]);
    else if (meant.length !== 1) ambiguous.add(cells[column]);
    else {
      const [match] = meant;
      const before = own.get(match);
      const isWhole = finder.isWhole(cells[column], match);
      // Paths of two folders that mirror each other end alike: the picture's own is that which is it whole.
      if (before !== undefined && isWhole !== whole.has(match)) {
        strangers.add(isWhole ? before[column] : cells[column]);
        if (!isWhole) return;
        repeated.delete(match);
        contradicted.delete(match);
        own.delete(match);
      }
      if (isWhole) whole.add(match);
      if (!own.has(match)) own.set(match, [...cells]);
      else if (before !== undefined) {
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
    settled,
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
