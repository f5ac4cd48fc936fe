/** Files of a drop with the places they had, ready for the bridge's `takeFiles`. */
export interface DroppedFiles {
  /** Of the dropped things themselves. */
  readonly names: readonly string[];
  readonly files: readonly File[];
  readonly relativePaths: readonly string[];
}

/**
 * Reads a drop. On the desktop the dropped things are handed over as they are, folders included; in a browser
 * folders are walked, since only single files can be sent. Must be called before the drop event ends.
 */
export function readDrop(transfer: DataTransfer, host: 'desktop' | 'browser'): Promise<DroppedFiles> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  if (host === 'desktop') {
    const files = items.map((item) => item.getAsFile()).filter((file) => file !== null);
    const names = files.map(({ name }) => name);
    return Promise.resolve({ names, files, relativePaths: names });
  }
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return Promise.resolve(fromList([...transfer.files]));
  return walkAll(entries);
}

/** Files of an input element; one that takes folders fills `webkitRelativePath`. */
export function fromList(files: readonly File[]): DroppedFiles {
  const relativePaths = files.map((file) => file.webkitRelativePath || file.name);
  return { names: relativePaths, files, relativePaths };
}

async function walkAll(entries: readonly FileSystemEntry[]): Promise<DroppedFiles> {
  const files: File[] = [];
  const relativePaths: string[] = [];
  for (const entry of entries) await walk(entry, '', files, relativePaths);
  return { names: entries.map(({ name }) => name), files, relativePaths };
}

async function walk(entry: FileSystemEntry, parent: string, files: File[], paths: string[]): Promise<void> {
  const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
  if (entry.isFile) {
    files.push(await fileOf(entry as FileSystemFileEntry));
    paths.push(path);
    return;
  }
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry))
    await walk(child, path, files, paths);
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** `readEntries` hands out at most a hundred at a time, and then none. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
