import type { Storage } from '../platform.ts';

/** Size in bytes and canonical path of a file, or why they are not known. */
export type FileLook = { readonly size: number; readonly real: string } | { readonly error: unknown };

/** Looks at a file; many may be looked at at once. Never rejects. */
export async function lookAtFile(storage: Storage, path: string): Promise<FileLook> {
  try {
    const [{ size }, real] = await Promise.all([storage.stat(path), storage.realPath(path)]);
    return { size, real };
  } catch (error) {
    return { error };
  }
}
