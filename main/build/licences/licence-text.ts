import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ShippedPackage } from './shipped-packages.ts';

const { resolve } = createRequire(import.meta.url);
const FILE = /^(licen[cs]e|copying|notice)/i;

/** Parts for one system have the licence file of the package that they belong to. */
const WHOLE: readonly (readonly [part: RegExp, whole: string])[] = [
  [/^@esbuild\//, 'esbuild'],
  [/^@img\/sharp-(?!libvips)/, 'sharp'],
];

/**
 * The texts under which a package may be passed on: the files that it carries, else the standard text of each licence
 * in its expression, below the name of its author.
 *
 * @param root the project's folder, in whose node_modules the packages are installed
 * @throws Error where a licence has no standard text
 */
export function licenceTexts(root: string, one: ShippedPackage): readonly string[] {
  const whole = WHOLE.find(([part]) => part.test(one.name))?.[1];
  const own = whole !== undefined ? filesIn(path.join(root, 'node_modules', whole)) : ownFiles(root, one);
  const named = one.licence.replace(/[()]/g, '').split(/ (?:AND|OR) /);
  if (own.length === 0) return named.map((licence) => standardText(licence, authorOf(root, one)));
  // A part for one system can hold more than its whole: sharp's hold libvips there.
  return whole === undefined ? own : [...own, ...named.slice(1).map((licence) => standardText(licence, ''))];
}

function ownFiles(root: string, { place, isForOneSystem }: ShippedPackage): readonly string[] {
  return isForOneSystem ? [] : filesIn(path.join(root, place));
}

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => FILE.test(name));
  return names.sort().map((name) => plainText(readFileSync(path.join(folder, name), 'utf8')));
}

function authorOf(root: string, { place, isForOneSystem }: ShippedPackage): string {
  const file = path.join(root, place, 'package.json');
  if (isForOneSystem || !existsSync(file)) return '';
  const { author } = JSON.parse(readFileSync(file, 'utf8')) as { author?: string | { name: string } };
  return author === undefined ? '' : typeof author === 'string' ? author : author.name;
}

/** From the SPDX list of licences; the GNU lesser licence adds to the general one, which follows it. */
function standardText(licence: string, author: string): string {
  const text = [licence, ...(licence.startsWith('LGPL-3.0') ? ['GPL-3.0-or-later'] : [])].map((id) => {
    const { licenseText } = JSON.parse(readFileSync(resolve(`spdx-license-list/licenses/${id}.json`), 'utf8')) as {
      licenseText: string;
    };
    return plainText(licenseText);
  });
  const holder = author.replace(/\s*[<(].*$/, '');
  return (holder === '' ? text : [`Copyright (c) ${holder}`, ...text]).join('\n\n');
}

/** One kind of line end, no blanks at line ends, no empty lines around. */
function plainText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/^\uFEFF/, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}
