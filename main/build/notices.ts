import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { noticesText } from './licences/notices-text.ts';
import type { Lock } from './licences/shipped-packages.ts';

/*
 * `npm run notices` writes THIRD-PARTY-NOTICES.txt anew; `npm run notices:check` only says whether it is current, by
 * its exit code.
 */
const ROOT = path.join(import.meta.dirname, '../..');
const FILE = path.join(ROOT, 'THIRD-PARTY-NOTICES.txt');

const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
const text = noticesText(ROOT, lock);
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write('THIRD-PARTY-NOTICES.txt is not current; `npm run notices` writes it.\n');
  process.exitCode = 1;
}
