import type { PictureSides } from '../../editing/judged-decisions.ts';
import { TesseraError } from '../../errors.ts';
import type { Project } from '../../project/project-folder.ts';
import { columnLevels } from '../../tables/column-levels.ts';
import type { Column } from '../../tables/column-kinds.ts';
import type { KnownPicture } from '../../tables/match-pictures.ts';
import type { MarkedPicture } from '../../tables/objects/marked-picture.ts';
import { matchMarks } from '../../tables/objects/match-marks.ts';
import { listText } from '../../wording/count-text.ts';
import { numberText } from '../../wording/number-text.ts';
import { openProjectMarks } from '../project-marks.ts';
import { openProjectTable, type OpenedTable } from '../project-table.ts';
import type { ProofImages } from './prove-edit.ts';

/** By what the images of a proof are told apart, and what a person should know of it. */
export interface ReadSides {
  readonly sides: readonly PictureSides[];
  readonly notices: readonly string[];
}

/**
 * Tells images of a proof apart by names that a person gives: columns of the project's table (by value; numbers in two halves),
 * or objects of its boxes or masks (images that hold one of that name, and marked ones that hold none). A picture of which
 * nothing is known is on no side. Large and small letters do not matter.
 *
 * Throws TesseraError 'bad-usage' for a name that neither has, and for a column of remarks or of one value; as
 * {@link openProjectTable} and {@link openProjectMarks}.
 */
export async function readSides(
  project: Project,
  sets: readonly ProofImages[],
  names: readonly string[],
): Promise<ReadSides> {
  if (names.length === 0) return { sides: [], notices: [] };
  const pictures = picturesOf(project, sets);
  const opened = await openProjectTable(project, pictures);
  const marks = await openProjectMarks(project);
  const found = marks && matchMarks(marks.pictures, pictures).found;
  const known = { opened, found };
  return {
    sides: names.map((name) => ({ of: name, ...levelsOf(name, known, pictures) })),
    notices:
      opened?.isChanged === true ? [`${opened.table.file} has changed since the project was given it.`] : [],
  };
}

function picturesOf({ file }: Project, sets: readonly ProofImages[]): KnownPicture[] {
  const roots = [...file.imageRoots, ...sets.flatMap(({ folders }) => folders)];
  const paths = new Set(sets.flatMap(({ files }) => files.map(({ path }) => path)));
  return [...paths].map((path) => ({ path, root: roots.find((root) => path.startsWith(root)) }));
}

interface KnownSides {
  readonly opened: OpenedTable | undefined;
  readonly found: ReadonlyMap<number, MarkedPicture> | undefined;
}

function levelsOf(name: string, { opened, found }: KnownSides, pictures: readonly KnownPicture[]) {
  const isNamed = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
  const columns = opened?.table.columns ?? [];
  const column = columns.find((one) => isNamed(one.name));
  if (column !== undefined) {
    const { levels, of } = ofColumn(column);
    return { levels, levelOf: byPath(pictures, (at) => of[at]) };
  }
  const objects = new Set(
    [...(found?.values() ?? [])].flatMap((mark) => mark.objects.map((one) => one.name)),
  );
  if (found !== undefined && [...objects].some(isNamed)) {
    const holds = (at: number): number => {
      const mark = found.get(at);
      return mark === undefined ? -1 : mark.objects.some((one) => isNamed(one.name)) ? 0 : 1;
    };
    return { levels: [`with ${name}`, `without ${name}`], levelOf: byPath(pictures, holds) };
  }
  throw unknownSide(name, columns, [...objects]);
}

function byPath(pictures: readonly KnownPicture[], levelAt: (at: number) => number): Map<string, number> {
  return new Map(
    pictures.flatMap(({ path }, at) => {
      const level = levelAt(at);
      return level < 0 ? [] : [[path, level] as const];
    }),
  );
}

/** Numbers in two halves at their median, all else by {@link columnLevels}. */
function ofColumn(column: Column) {
  const { name, kind, values } = column;
  if (kind === 'number') {
    const known = values.filter((value) => !Number.isNaN(value)).sort();
    // Largest value of the lower half; where more than half are as large as the largest, what is below it.
    const middle = known[Math.ceil(known.length / 2) - 1];
    const bound = middle < known[known.length - 1] ? middle : known.findLast((value) => value < middle);
    if (bound !== undefined) {
      const of = Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : Number(value > bound)));
      return { levels: [`up to ${numberText(bound)}`, `above ${numberText(bound)}`], of };
    }
  }
  const found = columnLevels(column);
  if (found !== undefined) return found;
  const why = kind === 'text' ? 'holds names or remarks, hardly any of them twice' : 'is the same everywhere';
  throw new TesseraError('bad-usage', `The column "${name}" ${why}; it tells no images apart.`, {
    hint: 'Name a column of a few values, or of numbers or dates.',
  });
}

function unknownSide(name: string, columns: readonly Column[], objects: readonly string[]): TesseraError {
  const quoted = (names: readonly string[]): string => listText(names.slice(0, 12).map((one) => `"${one}"`));
  const there = [
    ...(columns.length > 0 ? [`The table has ${quoted(columns.map((one) => one.name))}.`] : []),
    ...(objects.length > 0 ? [`Marked are ${quoted(objects.toSorted())}.`] : []),
  ];
  return new TesseraError(
    'bad-usage',
    `Neither a column of the project's table nor a marked object is called "${name}".`,
    {
      hint: there.length > 0 ? there.join(' ') : 'Give the project a table or marked objects first.',
    },
  );
}
