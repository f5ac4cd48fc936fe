import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { apiReference } from './api-reference/reference-text.ts';

/*
 * `npm run api` writes core/implicit/API.md, the reference of the package tfjs-implicit, from its docstrings;
 * `npm run api -- --check` only says whether it is current, by its exit code.
 */
const PACKAGE = path.join(import.meta.dirname, '../../core/implicit');
const FILE = path.join(PACKAGE, 'API.md');

const text = apiReference(PACKAGE);
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write('core/implicit/API.md is not current; `npm run api` writes it.\n');
  process.exitCode = 1;
}
