import { TesseraError } from '../../errors.ts';
import type { Storage } from '../../platform.ts';
import { encodeZip } from '../../project/zip.ts';
import type { PackagedFile } from '../../report/package/package-readme.ts';

/** Tells a package's folder from others; that the package is whole is written into it last. */
const CONTENTS = 'contents.json';
/** What a package has at the top of its folder. */
const OWN_NAMES = [
  'README.md',
  'edited-model.onnx',
  'edit.json',
  'edit.html',
  'report.html',
  'monitor',
  'tables',
  'run',
];

/** The folder of an audit package while it is written, file by file, each whole or not at all. */
export class PackageFolder {
  readonly #storage: Storage;
  readonly #isNew: boolean;
  readonly folder: string;
  readonly files: PackagedFile[] = [];

  private constructor(storage: Storage, folder: string, isNew: boolean) {
    this.#storage = storage;
    this.folder = folder;
    this.#isNew = isNew;
  }

  /**
   * A folder of its own, without what an earlier package, whole or not, has left in it. Throws TesseraError 'bad-usage' for one
   * that holds anything else.
   */
  static async open(storage: Storage, folder: string): Promise<PackageFolder> {
    const isThere = await storage.exists(folder);
    const names = isThere ? (await storage.list(folder)).map(({ name }) => name) : [];
    if (names.length > 0 && !names.includes(CONTENTS)) {
      throw new TesseraError(
        'bad-usage',
        `${folder} holds other files; a package needs a folder of its own.`,
        {
          hint: 'Choose a new or empty folder.',
          options: ['out'],
        },
      );
    }
    await storage.makeDirectory(folder);
    const opened = new PackageFolder(storage, folder, !isThere);
    await opened.#writeContents(false, []);
    for (const name of OWN_NAMES) if (names.includes(name)) await storage.remove(opened.at(name));
    return opened;
  }

  /** Takes away what was begun, where there was no folder before. */
  async giveUp(): Promise<void> {
    if (this.#isNew) await this.#storage.remove(this.folder);
  }

  async #writeContents(isWhole: boolean, files: readonly object[]): Promise<void> {
    const contents = `${JSON.stringify({ tessera_package: 1, isWhole, files }, null, 2)}\n`;
    await this.#storage.writeAtomic(this.at(CONTENTS), contents);
  }

  /** Where a file of this name, with slashes, lies. */
  at(name: string): string {
    return this.#storage.join(this.folder, ...name.split('/'));
  }

  /** Notes a file that was written by someone else. */
  has(name: string, text: string): void {
    this.files.push({ name, text });
  }

  async write(name: string, text: string, bytes: Uint8Array | string): Promise<void> {
    await this.#storage.makeDirectory(this.#storage.dirname(this.at(name)));
    await this.#storage.writeAtomic(this.at(name), bytes);
    this.has(name, text);
  }

  /** Writes the list of all files, with sizes and hashes, and returns the names. */
  async finish(): Promise<string[]> {
    const files = await Promise.all(
      this.files.map(async ({ name }) => ({
        name,
        bytes: (await this.#storage.stat(this.at(name))).size,
        sha256: await this.#storage.hashFile(this.at(name)),
      })),
    );
    await this.#writeContents(true, files);
    return [...this.files.map(({ name }) => name), CONTENTS];
  }

  /** Packs files into one, in a folder called `name`. Throws as `encodeZip`. */
  async pack(names: readonly string[], { path, name }: { readonly path: string; readonly name: string }) {
    const entries = new Map<string, Uint8Array>();
    for (const file of names) entries.set(`${name}/${file}`, await this.#storage.readBytes(this.at(file)));
    await this.#storage.writeAtomic(path, encodeZip(entries));
  }
}
