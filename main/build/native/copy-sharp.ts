import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeGlibPrivate } from './private-glib.ts';

/** What has to be copied: sharp's binding and its library for glibc Linux. The C++ library's name has its version. */
const PARTS = /^sharp(-libvips)?-linux-(x64|arm64)$/;
const BINARY = /\.node$|\.so(\.|$)/;

/**
 * Copies sharp's native parts for Linux from `@img` to `target`, laid out as there, with a GLib of their own (see
 * {@link makeGlibPrivate}); empties `target` where there are none.
 */
export async function copySharp(packages: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  for (const part of (await readdir(packages)).filter((name) => PARTS.test(name))) {
    const source = path.join(packages, part, 'lib');
    const copy = path.join(target, part, 'lib');
    await mkdir(copy, { recursive: true });
    for (const file of (await readdir(source)).filter((name) => BINARY.test(name))) {
      const bytes = await readFile(path.join(source, file));
      makeGlibPrivate(bytes);
      await writeFile(path.join(copy, file), bytes);
    }
  }
}
