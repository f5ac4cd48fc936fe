/** Files of a drop with the places they had, ready for the bridge's `takeFiles`. */
export interface DroppedFiles {
  readonly files: readonly File[];
  readonly relativePaths: readonly string[];
  /** Names of folders that hold no file at all, where files are sent one by one. */
  readonly emptyFolders: readonly string[];
}

/**
 * Reads a drop. On the desktop the dropped things are handed over as they are, folders included; in a browser
 * folders are walked, since only single files can be sent. Must be called before the drop event ends.
 */
export function readDrop(transfer: DataTransfer, host: 'desktop' | 'browser'): Promise<DroppedFiles> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  if (host === 'desktop') {
    const files = items.map((item) => item.getAsFile()).filter((file) => file !== null);
    return Promise.resolve({ files, relativePaths: files.map(({ name }) => name), emptyFolders: [] });
  }
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return Promise.resolve(fromList([...transfer.files]));
  return walkAll(entries);
}

/** Files of an input element; one that takes folders fills `webkitRelativePath`. */
export function fromList(files: readonly File[]): DroppedFiles {
  return {
    files,
    relativePaths: files.map((file) => file.webkitRelativePath || file.name),
    emptyFolders: [],
  };
}

/** Those files that lie in no folder. */
export function looseNames({ relativePaths }: DroppedFiles): string[] {
  return relativePaths.filter((path) => !path.includes('/'));
}

/** The same without some of the loose files. */
export function withoutLoose(dropped: DroppedFiles, names: readonly string[]): DroppedFiles {
  const left = new Set(names);
  const isKept = (_: unknown, at: number): boolean => !left.has(dropped.relativePaths[at]);
  return {
    files: dropped.files.filter(isKept),
    relativePaths: dropped.relativePaths.filter(isKept),
    emptyFolders: dropped.emptyFolders,
  };
}

async function walkAll(entries: readonly FileSystemEntry[]): Promise<DroppedFiles> {
  const files: File[] = [];
  const relativePaths: string[] = [];
  const emptyFolders: string[] = [];
  for (const entry of entries) {
    const before = files.length;
    await walk(entry, '', files, relativePaths);
    if (files.length === before) emptyFolders.push(entry.name);
  }
  return { files, relativePaths, emptyFolders };
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
