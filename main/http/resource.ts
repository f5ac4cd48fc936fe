import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What is answered to a request for an address. */
export interface Resource {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/**
 * Policy of our own pages: nothing from elsewhere, no script but their own.
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

/** Media types of the files that pages are made of. */
export const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

const GUARDS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** A file of a built page. Only names that remain inside its folder are read. */
export async function pageFile(folder: string, parts: readonly string[]): Promise<Resource> {
  const name = parts.length === 0 ? 'index.html' : parts.join('/');
  const file = path.resolve(folder, name);
  const isInside = file.startsWith(folder + path.sep) && !name.includes('\0');
  const type = TYPES[path.extname(file)];
  if (!isInside || type === undefined) return plain(404, 'Not found.');
  return found(await readFile(file), type, {
    'content-security-policy': PAGE_POLICY,
    'cache-control': 'no-cache',
  });
}

/** A file as an answer. */
export function found(body: Uint8Array, type: string, headers: Readonly<Record<string, string>>): Resource {
  return { status: 200, headers: { ...GUARDS, 'content-type': type, ...headers }, body };
}

/** An answer in plain text. */
export function plain(status: number, text: string): Resource {
  return { status, headers: { ...GUARDS, 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

/** An answer that is data, and not to be kept. */
export function json(value: unknown): Resource {
  return {
    status: 200,
    headers: { ...GUARDS, 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  };
}
