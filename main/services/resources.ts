import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import type { WorkbenchService } from './workbench.ts';

/** What is answered to a request for an address. */
export interface Resource {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/**
 * Policy of the workbench's own pages: nothing from elsewhere, no script but its own.
 *
 * @internal Tests compare with it.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Policy of reports: pictures and styles are inside, nothing runs.
 *
 * @internal Tests compare with it.
 */
export const DOCUMENT_POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

const CSV = 'text/csv; charset=utf-8';
const GUARDS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

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
    const extension = path.extname(file);
    const headers = {
      'content-security-policy': DOCUMENT_POLICY,
      'cache-control': 'no-store',
      ...(address.searchParams.has('download') && {
        'content-disposition': `attachment; filename="${extension === '.csv' ? 'table.csv' : 'report.html'}"`,
      }),
    };
    return found(await readFile(file), extension === '.csv' ? CSV : TYPES['.html'], headers);
  }
}

/** A file of the built renderer. Only names that remain inside its folder are read. */
async function pageFile(renderer: string, parts: readonly string[]): Promise<Resource> {
  const name = parts.length === 0 ? 'index.html' : parts.join('/');
  const file = path.resolve(renderer, name);
  const isInside = file.startsWith(renderer + path.sep) && !name.includes('\0');
  const type = TYPES[path.extname(file)];
  if (!isInside || type === undefined) return plain(404, 'Not found.');
  return found(await readFile(file), type, {
    'content-security-policy': PAGE_POLICY,
    'cache-control': 'no-cache',
  });
}

function found(body: Uint8Array, type: string, headers: Readonly<Record<string, string>>): Resource {
  return { status: 200, headers: { ...GUARDS, 'content-type': type, ...headers }, body };
}

/** An answer in plain text. */
export function plain(status: number, text: string): Resource {
  return { status, headers: { ...GUARDS, 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

function failure(error: unknown): Resource {
  if (error instanceof URIError) return plain(400, 'The address is not well formed.');
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return plain(404, 'Not found.');
  if (error instanceof TesseraError && error.code === 'unknown-name') return plain(404, error.message);
  return plain(500, error instanceof Error ? error.message : 'It failed.');
}
