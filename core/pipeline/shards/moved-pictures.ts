import type { Environment } from '../environment.ts';

/** Folders of pictures, as the plan has them, and where they are on this machine. */
export type MovedRoots = ReadonlyMap<string, string>;

/**
 * An environment that reads the pictures of some folders in others; they are called by their planned names all the same. What
 * lies in `own`, the project, is where it is.
 */
export function withMovedRoots<Some extends Pick<Environment, 'codec' | 'storage'>>(
  environment: Some,
  moved: MovedRoots,
  own: string,
): Some {
  if (moved.size === 0) return environment;
  const { codec, storage } = environment;
  const roots = [...moved].map(([root, here]) => [storage.resolve(root), storage.resolve(here)] as const);
  const isIn = (path: string, folder: string): boolean =>
    path === folder || path.startsWith(storage.join(folder, '/'));
  const project = storage.resolve(own);
  const here = (path: string): string => {
    const whole = storage.resolve(path);
    const found = isIn(whole, project) ? undefined : roots.find(([root]) => isIn(whole, root));
    return found === undefined ? path : `${found[1]}${whole.slice(found[0].length)}`;
  };
  return {
    ...environment,
    codec: {
      ...codec,
      decode: (path) => codec.decode(here(path)),
      decodeFitted: (path, fit) => codec.decodeFitted(here(path), fit),
    },
    storage: {
      ...storage,
      readBytes: (path) => storage.readBytes(here(path)),
      exists: (path) => storage.exists(here(path)),
      list: (path) => storage.list(here(path)),
      stat: (path) => storage.stat(here(path)),
      hashFile: (path) => storage.hashFile(here(path)),
      realPath: (path) => storage.realPath(here(path)),
    },
  };
}
