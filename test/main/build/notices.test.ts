import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { licenceTexts } from '../../../main/build/licences/licence-text.ts';
import { noticesText } from '../../../main/build/licences/notices-text.ts';
import { shippedPackages, type Lock } from '../../../main/build/licences/shipped-packages.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as Lock;
const notices = read('THIRD-PARTY-NOTICES.txt');

describe('THIRD-PARTY-NOTICES.txt', () => {
  it('is what `npm run notices` writes of the lock file and the installed packages', () => {
    expect(noticesText(ROOT, lock)).toBe(notices);
  });

  it('names every package that npm calls neither for development nor optional, and those built into the page', () => {
    const entries = Object.entries(lock.packages as Record<string, { version?: string; dev?: boolean }>);
    const used = entries.filter(([place, entry]) => {
      const isForUse = !['dev', 'optional', 'devOptional', 'peer', 'link'].some((flag) => flag in entry);
      return place.startsWith('node_modules/') && isForUse && !/@types\/|@webgpu\/types/.test(place);
    });
    expect(used.length).toBeGreaterThan(60);
    const names = used.map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')} ${version}`);
    const listed = new Set([...notices.matchAll(/^ {2}(\S+ \d\S+) +\S/gm)].map(([, label]) => label));
    expect(names.filter((name) => !listed.has(name))).toEqual([]);
    for (const name of ['svelte', 'lucide', '@img/sharp-linux-x64', '@img/sharp-win32-x64'])
      expect([...listed].some((label) => label.startsWith(`${name} `))).toBe(true);
  });

  it('has the text of every licence, with no holder left blank', () => {
    for (const one of shippedPackages(lock)) {
      const texts = licenceTexts(ROOT, one);
      expect(texts.length, one.name).toBeGreaterThan(0);
      for (const text of texts) {
        expect(text.length, one.name).toBeGreaterThan(200);
        expect(notices).toContain(text);
        expect(text).not.toMatch(/<copyright holders>/);
      }
    }
  });

  it('says how libvips can be replaced, at the version that is installed', () => {
    const { version } = JSON.parse(read('node_modules/sharp/package.json')) as { version: string };
    const { optionalDependencies } = JSON.parse(read('node_modules/sharp/package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(notices).toContain(`sharp ${version}`);
    expect(notices).toContain(
      `@img/sharp-libvips-SYSTEM, version ${optionalDependencies['@img/sharp-libvips-linux-x64']},`,
    );
    expect(notices).toContain('resources/app.asar.unpacked\n');
    expect(notices).toContain('out/native/sharp-libvips-linux-ARCH/lib/libvips-cpp.so');
    expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
    expect(notices).toContain('GNU GENERAL PUBLIC LICENSE');
  });

  it('holds no path of a machine and no address that packages were fetched from', () => {
    expect(notices).not.toContain(ROOT);
    expect(notices).not.toMatch(/registry\.|\.tgz|\/(root|home|tmp)\//);
  });

  it('is shipped beside the program', () => {
    expect(read('electron-builder.yml')).toMatch(/extraResources:[^]*- THIRD-PARTY-NOTICES\.txt/);
  });
});

describe('shippedPackages()', () => {
  it('follows what Node.js would load, leaves types, workspaces, tools and other systems out', () => {
    const packages = shippedPackages({
      packages: {
        '': { dependencies: { a: '1', own: '1', '@types/a': '1' }, optionalDependencies: { wish: '1' } },
        'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '2' } },
        'node_modules/a/node_modules/b': {
          version: '2.0.0',
          license: 'ISC',
          optionalDependencies: { c: '1', d: '1' },
        },
        'node_modules/b': { version: '1.0.0', license: 'MIT' },
        'node_modules/c': { version: '1.0.0', license: 'MIT', os: ['win32'] },
        'node_modules/d': { version: '1.0.0', license: 'MIT', os: ['aix'] },
        'node_modules/own': { link: true },
        'node_modules/@types/a': { version: '1.0.0', license: 'MIT' },
        'node_modules/wish': { version: '1.0.0', license: 'MIT' },
        'node_modules/svelte': { version: '5.0.0', license: 'MIT' },
        'node_modules/lucide': { version: '1.0.0', license: 'ISC' },
      },
    });
    expect(packages.map(({ name, version, isForOneSystem }) => [name, version, isForOneSystem])).toEqual([
      ['a', '1.0.0', false],
      ['b', '2.0.0', false],
      ['c', '1.0.0', true],
      ['lucide', '1.0.0', false],
      ['svelte', '5.0.0', false],
    ]);
  });
});
