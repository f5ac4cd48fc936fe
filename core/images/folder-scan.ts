import { TesseraError } from '../errors.ts';
import type { DirectoryEntry, Storage } from '../platform.ts';
import { lookAtFile, type FileLook } from './look-at-file.ts';
import { isPictureName, refusalByName, TAKEN_FORMATS } from './picture-kinds.ts';

/** A picture found in a folder. */
export interface ImageFile {
  readonly path: string;
  /** Name of the folder it lies in, relative to the root: often its class. Empty directly under a root. */
  readonly folder: string;
  /** The root it was found under, as given. */
  readonly root: string;
}

/** A file or folder that could not be used, and why, in a few words. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** What a scan found. */
export interface FolderScan {
  /** Sorted by path within each root, roots in the order given; each file once. */
  readonly images: readonly ImageFile[];
  /** Pictures and folders that cannot be used. */
  readonly skipped: readonly SkippedFile[];
  /** Files that are no pictures, by their names; hidden ones are not counted. */
  readonly otherFiles: number;
}

/**
 * Finds the pictures under some roots, each a folder (searched with its subfolders) or a single file. Pictures are
 * known by their extension; hidden files and folders are passed over, links are followed once, empty files and
 * folders that cannot be read are reported in `skipped`, and so are roots without a picture. Throws 'no-images' when a root does not exist and when nothing
 * is left.
 */
export async function scanImages(storage: Storage, roots: readonly string[]): Promise<FolderScan> {
  const scan = new Scan(storage);
  for (const root of roots) await scan.addRoot(root);
  if (scan.images.length === 0) throw nothingFound(roots, scan);
  const { images, skipped, otherFiles, bareRoots } = scan;
  return { images, skipped: [...skipped, ...bareRoots], otherFiles };
}

/** As {@link scanImages}; where it would throw, what each root is not taken for is in `skipped`. */
export async function lookForImages(storage: Storage, roots: readonly string[]): Promise<FolderScan> {
  const scan = new Scan(storage);
  for (const root of roots) {
    await scan.addRoot(root).catch((error: unknown) => {
      if (!(error instanceof TesseraError)) throw error;
      scan.skipped.push({ file: storage.resolve(root), reason: error.message });
    });
  }
  const { images, skipped, otherFiles, bareRoots } = scan;
  return { images, skipped: [...skipped, ...bareRoots], otherFiles };
}

function nothingFound(roots: readonly string[], { skipped, otherFiles }: FolderScan): TesseraError {
  const notes = [
    ...(skipped.length > 0
      ? [`${skipped.length} could not be used (first: ${skipped[0].file}: ${skipped[0].reason})`]
      : []),
    ...(otherFiles > 0 ? [`${otherFiles} other files are there`] : []),
  ];
  const where = roots.length === 0 ? 'no folder was given' : `no picture was found in ${roots.join(', ')}`;
  return new TesseraError('no-images', [where, ...notes].join('; '), {
    hint: `Give a folder that holds ${TAKEN_FORMATS} files.`,
  });
}

/** Files that are looked at at once. */
const AT_ONCE = 64;

/** The running state of one scan. */
class Scan implements FolderScan {
  readonly images: ImageFile[] = [];
  readonly skipped: SkippedFile[] = [];
  otherFiles = 0;
  /** Folders that were given and hold no picture. */
  readonly bareRoots: SkippedFile[] = [];
  /** Pictures that were met, those included that another root has given before. */
  #met = 0;
  readonly #storage: Storage;
  /** Canonical paths of the folders and files already met, so that link loops end and no file comes twice. */
  readonly #seen = new Set<string>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async addRoot(root: string): Promise<void> {
    const path = this.#storage.resolve(root);
    await this.#requireRoot(path);
    const entries = await this.#storage.list(path).catch((error: unknown) => error);
    if (Array.isArray(entries)) await this.#addRootFolder(root, path, entries as readonly DirectoryEntry[]);
    else if (await this.#isFile(path)) this.#addFile(root, path, '', await lookAtFile(this.#storage, path));
    else this.#skip(path, entries);
  }

  async #addRootFolder(root: string, path: string, entries: readonly DirectoryEntry[]): Promise<void> {
    const isKnown = this.#seen.has(await this.#storage.realPath(path));
    const before = this.#met;
    await this.#addEntries(root, path, '', entries);
    if (isKnown || this.#met > before) return;
    const reason = entries.length === 0 ? 'an empty folder' : 'a folder without pictures';
    this.bareRoots.push({ file: path, reason });
  }

  /** A root that is not there is a mistake of the caller, not an unlucky file. */
  async #requireRoot(path: string): Promise<void> {
    try {
      await this.#storage.stat(path);
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
      throw new TesseraError('no-images', error.message, {
        hint: error.hint ?? 'Give a folder that holds pictures.',
        cause: error,
      });
    }
  }

  /** A path that cannot be listed is a file when its folder says so. */
  async #isFile(path: string): Promise<boolean> {
    const real = await this.#storage.realPath(path);
    const siblings = await this.#storage.list(this.#storage.dirname(real)).catch(() => []);
    return siblings.some(({ name, kind }) => kind === 'file' && name === this.#storage.basename(real));
  }

  async #addFolder(root: string, path: string, folder: string): Promise<void> {
    try {
      await this.#addEntries(root, path, folder, await this.#storage.list(path));
    } catch (error) {
      this.#skip(path, error);
    }
  }

  async #addEntries(
    root: string,
    path: string,
    folder: string,
    entries: readonly DirectoryEntry[],
  ): Promise<void> {
    if (!(await this.#isNew(path))) return;
    for (let start = 0; start < entries.length; start += AT_ONCE) {
      const some = entries.slice(start, start + AT_ONCE);
      const looks = await Promise.all(
        some.map(async ({ name, kind }) =>
          kind === 'file' && isPictureName(name)
            ? lookAtFile(this.#storage, this.#storage.join(path, name))
            : undefined,
        ),
      );
      for (const [at, entry] of some.entries())
        await this.#addEntry({ root, path, folder }, entry, looks[at]);
    }
  }

  async #addEntry(
    { root, path, folder }: { readonly root: string; readonly path: string; readonly folder: string },
    { name, kind }: DirectoryEntry,
    look: FileLook | undefined,
  ): Promise<void> {
    if (name.startsWith('.')) return;
    const child = this.#storage.join(path, name);
    if (kind === 'directory') await this.#addFolder(root, child, name);
    else if (look !== undefined) this.#addFile(root, child, folder, look);
    else if (isPictureName(name))
      this.skipped.push({ file: child, reason: 'broken link or not a regular file' });
    else this.#addOther(child, name);
  }

  /** A picture that is not taken is told; what is no picture by its name is counted. */
  #addOther(file: string, name: string): void {
    const reason = refusalByName(name);
    if (reason === undefined) this.otherFiles++;
    else this.skipped.push({ file, reason });
  }

  #addFile(root: string, path: string, folder: string, look: FileLook): void {
    if ('error' in look) return this.#skip(path, look.error);
    if (look.size > 0) this.#met++;
    if (look.size === 0) this.skipped.push({ file: path, reason: 'empty file' });
    else if (this.#isNewPath(look.real)) this.images.push({ path, folder, root });
  }

  async #isNew(path: string): Promise<boolean> {
    return this.#isNewPath(await this.#storage.realPath(path));
  }

  #isNewPath(real: string): boolean {
    if (this.#seen.has(real)) return false;
    this.#seen.add(real);
    return true;
  }

  #skip(file: string, error: unknown): void {
    this.skipped.push({ file, reason: error instanceof Error ? error.message : String(error) });
  }
}
