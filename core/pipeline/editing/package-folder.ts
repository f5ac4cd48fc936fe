import { TesseraError } from '../../errors.ts';
import type { Storage } from '../../platform.ts';
import { encodeZip } from '../../project/zip.ts';
import type { PackagedFile } from '../../report/package/package-readme.ts';

/** Written last: a package that has it is whole. */
const CONTENTS = 'contents.json';

/** The folder of an audit package while it is written, file by file, each whole or not at all. */
export class PackageFolder {
  readonly #storage: Storage;
  readonly folder: string;
  readonly files: PackagedFile[] = [];

  private constructor(storage: Storage, folder: string) {
    this.#storage = storage;
    this.folder = folder;
  }

  /** Throws TesseraError 'bad-usage' for a folder that holds anything but an earlier package. */
  static async open(storage: Storage, folder: string): Promise<PackageFolder> {
    if (await storage.exists(folder)) {
      const names = (await storage.list(folder)).map(({ name }) => name);
      if (names.length > 0 && !names.includes(CONTENTS)) {
        throw new TesseraError(
          'bad-usage',
          `${folder} holds other files; a package needs a folder of its own.`,
          { hint: 'Choose a new or empty folder.', options: ['out'] },
        );
      }
      // What is written over is no longer whole.
      if (names.includes(CONTENTS)) await storage.remove(storage.join(folder, CONTENTS));
    }
    await storage.makeDirectory(folder);
    return new PackageFolder(storage, folder);
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
    const contents = `${JSON.stringify({ tessera_package: 1, files }, null, 2)}\n`;
    await this.#storage.writeAtomic(this.at(CONTENTS), contents);
    return [...this.files.map(({ name }) => name), CONTENTS];
  }

  /** Packs files into one, in a folder called `name`. Throws as `encodeZip`. */
  async pack(names: readonly string[], { path, name }: { readonly path: string; readonly name: string }) {
    const entries = new Map<string, Uint8Array>();
    for (const file of names) entries.set(`${name}/${file}`, await this.#storage.readBytes(this.at(file)));
    await this.#storage.writeAtomic(path, encodeZip(entries));
  }
}
