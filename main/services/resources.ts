import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { found, pageFile, plain, TYPES, type Resource } from '../http/resource.ts';
import type { WorkbenchService } from './workbench.ts';

/**
 * Policy of reports: pictures and styles are inside, nothing runs.
 *
 * @internal Tests compare with it.
 */
export const DOCUMENT_POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/** Answers requests for pages, pictures and documents; the same under Electron's protocol and in the host. */
export function createResources(
  { pictures, reports }: Pick<WorkbenchService, 'pictures' | 'reports'>,
  renderer: string,
): (address: URL) => Promise<Resource> {
  return async (address) => {
    try {
      const parts = address.pathname
        .split('/')
        .filter((part) => part !== '')
        .map(decodeURIComponent);
      if (parts[0] === 'pictures' && parts.length === 2) {
        const file = await pictures.fileOf(parts[1], address.searchParams.get('side'));
        return found(await readFile(file), 'image/jpeg', {
          'cache-control': 'private, max-age=31536000, immutable',
        });
      }
      if (parts[0] === 'documents' && parts.length === 2) return await documentOf(parts[1], address);
      return await pageFile(renderer, parts);
    } catch (error) {
      return failure(error);
    }
  };

  async function documentOf(id: string, address: URL): Promise<Resource> {
    const file = reports.fileOf(id);
    if (file === undefined) return plain(404, 'There is no such page.');
    const headers = {
      'content-security-policy': DOCUMENT_POLICY,
      'cache-control': 'no-store',
      ...(address.searchParams.has('download') && { 'content-disposition': dispositionOf(file) }),
    };
    return found(await readFile(file), TYPES[path.extname(file)] ?? 'application/octet-stream', headers);
  }
}

/** A report has a name; of any other file the page that asks for it says one. */
function dispositionOf(file: string): string {
  return path.extname(file) === '.html' ? 'attachment; filename="report.html"' : 'attachment';
}

function failure(error: unknown): Resource {
  if (error instanceof URIError) return plain(400, 'The address is not well formed.');
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return plain(404, 'Not found.');
  if (error instanceof TesseraError && error.code === 'unknown-name') return plain(404, error.message);
  return plain(500, error instanceof Error ? error.message : 'It failed.');
}
