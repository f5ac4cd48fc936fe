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
 * in its expression, with the name of its holder.
 *
 * @param root the project's folder, in whose node_modules the packages are installed
 * @throws Error where a licence has no standard text
 */
export function licenceTexts(root: string, one: ShippedPackage): readonly string[] {
  const whole = WHOLE.find(([part]) => part.test(one.name))?.[1];
  const own = whole !== undefined ? filesIn(path.join(root, 'node_modules', whole)) : ownFiles(root, one);
  const named = one.licence.replace(/[()]/g, '').split(/ (?:AND|OR) /);
  if (own.length === 0) return named.map((licence) => standardText(licence, holderOf(root, one)));
  // A part for one system can hold more than its whole: sharp's hold libvips there.
  return whole === undefined
    ? own
    : [...own, ...named.slice(1).map((licence) => standardText(licence, holderOf(root, one)))];
}

function ownFiles(root: string, { place, isForOneSystem }: ShippedPackage): readonly string[] {
  return isForOneSystem ? [] : filesIn(path.join(root, place));
}

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => FILE.test(name));
  return names.sort().map((name) => plainText(readFileSync(path.join(folder, name), 'utf8')));
}

/** Whom a package without a licence file belongs to, where its author is not the one to name. */
const HOLDERS: readonly (readonly [RegExp, string])[] = [[/^onnxruntime-/, 'Microsoft Corporation']];

function holderOf(root: string, { name, place, isForOneSystem }: ShippedPackage): string {
  const known = HOLDERS.find(([pattern]) => pattern.test(name))?.[1];
  const file = path.join(root, place, 'package.json');
  if (known !== undefined) return known;
  if (isForOneSystem || !existsSync(file)) return `the authors of ${name}`;
  const { author } = JSON.parse(readFileSync(file, 'utf8')) as { author?: string | { name: string } };
  const text = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  return text.replace(/\s*[<(].*$/, '');
}

/** From the SPDX list of licences; the GNU lesser licence adds to the general one, which follows it. */
function standardText(licence: string, holder: string): string {
  const ids = licence.startsWith('LGPL-3.0') ? [licence, 'GPL-3.0-or-later'] : [licence];
  const text = ids.map(listedText).join('\n\n');
  return text.replace(/<year> <copyright holders>/, holder);
}

function listedText(id: string): string {
  const file = resolve(`spdx-license-list/licenses/${id}.json`);
  return plainText((JSON.parse(readFileSync(file, 'utf8')) as { licenseText: string }).licenseText);
}

/** One kind of line end, no blanks at line ends, no empty lines around. */
function plainText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/^\uFEFF/, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}
