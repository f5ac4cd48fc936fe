import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copySharp } from '../../../main/build/native/copy-sharp.ts';
import { makeGlibPrivate } from '../../../main/build/native/private-glib.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const PACKAGES = path.join(ROOT, 'node_modules/@img');
const PICTURE = path.join(ROOT, 'models/demo/images/barn/00.jpg');
const execute = promisify(execFile);

/** What `dl_new_hash` of glibc computes of a symbol's name. */
function gnuHash(name: string): number {
  return [...Buffer.from(name)].reduce((hash, byte) => (Math.imul(hash, 33) + byte) >>> 0, 5381);
}

it('a renamed symbol keeps its place in the hash table', () => {
  expect(gnuHash('h>object_ref')).toBe(gnuHash('g_object_ref'));
  expect(gnuHash('g_malloc')).toBe(gnuHash('h>malloc'));
});

describe.skipIf(process.platform !== 'linux')('the copies of sharp for Electron (needs Linux)', () => {
  let copies: string;
  beforeAll(async () => {
    copies = await mkdtemp(path.join(tmpdir(), 'tessera-sharp-'));
    await copySharp(PACKAGES, copies);
  });
  afterAll(() => rm(copies, { recursive: true, force: true }));

  it('have no GLib name left to mix up, in the library nor in the binding that calls it', async () => {
    for (const part of await readdir(copies)) {
      const folder = path.join(copies, part, 'lib');
      for (const file of await readdir(folder)) {
        const copy = await readFile(path.join(folder, file));
        const names = copy.toString('latin1');
        expect(names).toContain('h>object_ref');
        expect(names).not.toMatch(/\0g_object_ref\0/);
        expect(makeGlibPrivate(copy)).toBe(0);
      }
    }
  });

  it('find every symbol and decode the same pixels', async () => {
    const script = `
      const load = process.dlopen.bind(process);
      process.dlopen = (module, file, ...flags) => load(module, file.replace(/^.*@img/, process.argv[1]), ...flags);
      const sharp = require('sharp');
      sharp(process.argv[2]).resize(64, 64).raw().toBuffer().then((pixels) =>
        console.log(require('node:crypto').createHash('sha256').update(pixels).digest('hex'),
          require('node:fs').readFileSync('/proc/self/maps', 'utf8').includes(process.argv[1])));`;
    const { stdout } = await execute(process.execPath, ['-e', script, copies, PICTURE], {
      cwd: ROOT,
      env: { ...process.env, LD_BIND_NOW: '1' },
    });
    const pixels = await sharp(PICTURE).resize(64, 64).raw().toBuffer();
    expect(stdout.trim()).toBe(`${createHash('sha256').update(pixels).digest('hex')} true`);
  });
});
