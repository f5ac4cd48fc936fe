/** A picture that rows may name: its path, and the folder that it was found under. */
export interface KnownPicture {
  readonly path: string;
  readonly root?: string | undefined;
}

/** How exactly names were compared: with folders and extension, by the file's name alone, or without its extension. */
export const MATCH_WAYS = ['path', 'name', 'stem'] as const;
/** One of {@link MATCH_WAYS}. */
export type MatchWay = (typeof MATCH_WAYS)[number];

/** The picture that a cell names; 'ambiguous' where several are named as well. */
export type Match = number | 'ambiguous' | undefined;

/** What finds pictures by what a cell says. */
export interface PictureFinder {
  readonly find: (cell: string, way: MatchWay) => Match;
  /** Those that a cell may mean: several where {@link find} says 'ambiguous'. */
  readonly candidates: (cell: string, way: MatchWay) => readonly number[];
  /** Is it the picture's whole path, not only the end of one? */
  readonly isWhole: (cell: string, picture: number) => boolean;
  /** Those of some pictures in whose path a folder, or several below each other, are called so. */
  readonly inFolder: (among: readonly number[], folder: string) => readonly number[];
}

/**
 * Finds pictures by a file name, a path below a folder, or a whole path, of either kind of slashes; upper and lower case
 * count only where several pictures differ by nothing else. A longer path on either side must agree with the shorter one
 * in every folder of it (`path`); else the name alone decides where one picture has it (`name`), or the name without
 * extension (`stem`).
 */
export function createFinder(pictures: readonly KnownPicture[]): PictureFinder {
  const own = pictures.map(({ path }) => partsOf(path));
  const below = pictures.map(({ path, root }, at) => {
    const above = root === undefined ? 0 : partsOf(root).length;
    // The folder that was given belongs to the name where nothing else does.
    const kept = path === root || above === 0 ? 2 : Math.max(2, own[at].length - above);
    return own[at].slice(-kept);
  });
  const byName = indexed(own.map((parts) => parts.at(-1)!));
  const byStem = indexed(own.map((parts) => stemOf(parts.at(-1)!)));
  const unique = (found: readonly number[], cell: string): readonly number[] => {
    if (found.length < 2) return found;
    const exact = found.filter((at) =>
      pictures[at].path.replaceAll('\\', '/').normalize('NFC').endsWith(cell),
    );
    return exact.length === 1 ? exact : found;
  };
  const candidates = (cell: string, way: MatchWay): readonly number[] => {
    const text = cell
      .trim()
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, '');
    if (text === '') return [];
    const parts = partsOf(text);
    const name = parts.at(-1) ?? '';
    if (way === 'name') return unique(byName.get(name) ?? [], text);
    if (way === 'stem') {
      const found = (byStem.get(name) ?? []).filter((at) =>
        endsWith(own[at].slice(0, -1), parts.slice(0, -1)),
      );
      return unique(found, '');
    }
    const found = (byName.get(name) ?? []).filter(
      (at) => endsWith(own[at], parts) || endsWith(parts, below[at]),
    );
    return unique(found, text);
  };
  return {
    candidates,
    isWhole: (cell, at) => partsOf(cell.trim()).join('/') === own[at].join('/'),
    find: (cell, way) => {
      const found = candidates(cell, way);
      return found.length > 1 ? 'ambiguous' : found[0];
    },
    inFolder: (among, folder) => {
      const wanted = partsOf(folder).map(spaced);
      if (wanted.length === 0) return [];
      return among.filter((at) => holdsRun(own[at].slice(0, -1).map(spaced), wanted));
    },
  };
}

/** Folders are written with a line or a hyphen where names have a space. */
function spaced(part: string): string {
  return part.trim().replaceAll(/[\s_-]+/g, ' ');
}

/** Are the wanted parts among the parts, one after another? */
function holdsRun(parts: readonly string[], wanted: readonly string[]): boolean {
  return parts.some((_, end) => endsWith(parts.slice(0, end + 1), wanted));
}

/** Lower-case folders and name of a path. */
function partsOf(path: string): string[] {
  return path
    .normalize('NFC')
    .toLowerCase()
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.');
}

/** Do the last parts agree with all of the shorter list? */
function endsWith(parts: readonly string[], ending: readonly string[]): boolean {
  if (ending.length > parts.length) return false;
  const from = parts.length - ending.length;
  return ending.every((part, at) => parts[from + at] === part);
}

function stemOf(name: string): string {
  return name.replace(/\.[^.]+$/, '');
}

function indexed(names: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  names.forEach((name, at) => {
    const others = found.get(name);
    if (others === undefined) found.set(name, [at]);
    else others.push(at);
  });
  return found;
}
