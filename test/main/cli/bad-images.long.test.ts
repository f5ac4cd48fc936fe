import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync, crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { blobsOf, RED, scene, temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { tessera, tesseraProcess } from './run-tessera.ts';

interface Skip {
  readonly file: string;
  readonly reason: string;
}

async function explainRed(folder: string, images: string) {
  const model = await writeModel(path.join(folder, 'model'));
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  return [...argv, '--device', 'cpu', '--out', path.join(folder, 'out.tessera'), '--json'];
}

/** A PNG of one colour that decodes to `side` x `side` pixels from a file of a few hundred kilobytes. */
function pngBomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('pictures that cannot be used', () => {
  it('an empty folder: exit code 2 and what was expected', async () => {
    const folder = await temporaryFolder();
    const images = path.join(folder, 'images');
    await mkdir(images);
    const { code, stdout, stderr } = await tessera(...(await explainRed(folder, images)));
    expect(stderr).toContain(`no picture was found in ${images}`);
    expect(stderr).toContain('Give a folder that holds JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP files.');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a folder of broken pictures only: exit code 2, with examples and their reasons', async () => {
    const folder = await temporaryFolder();
    const images = path.join(folder, 'images');
    await mkdir(images);
    await writeFile(path.join(images, 'text.jpg'), 'this is no picture');
    await writeFile(path.join(images, 'cut.png'), (await scene(blobsOf(0))).subarray(0, 60));
    const { code, stdout, stderr } = await tessera(...(await explainRed(folder, images)));
    expect(stderr).toContain('None of the 2 images could be used');
    expect(stderr).toContain(`${path.join(images, 'text.jpg')} (not a picture, or of an unknown format)`);
    expect(stderr).toContain(
      `${path.join(images, 'cut.png')} (corrupt picture: its header is damaged or cut short)`,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a folder of empty files only', async () => {
    const folder = await temporaryFolder();
    const images = path.join(folder, 'images');
    await mkdir(images);
    await writeFile(path.join(images, 'nothing.jpg'), '');
    const { code, stderr } = await tessera(...(await explainRed(folder, images)));
    expect(stderr).toContain(`1 could not be used (first: ${path.join(images, 'nothing.jpg')}: empty file)`);
    expect(code).toBe(2);
  });

  it('a few among good ones: skipped, and listed with their reasons in the JSON and in the report', async () => {
    const folder = await temporaryFolder();
    const images = await writePictures(path.join(folder, 'images'), 9);
    await writeFile(path.join(images, 'bomb.png'), pngBomb(30_000));
    await writeFile(path.join(images, 'cut.jpg'), (await scene(blobsOf(0), 'jpeg')).subarray(0, 300));
    await writeFile(path.join(images, 'text.png'), 'this is no picture');
    await writeFile(path.join(images, 'zero.jpg'), '');
    await symlink(images, path.join(images, 'loop'));
    await symlink('self.png', path.join(images, 'self.png'));
    const { code, stdout } = await tessera(...(await explainRed(folder, images)));
    expect(code).toBe(0);
    const { skipped, report } = JSON.parse(stdout) as { skipped: Skip[]; report: string };
    const named = skipped
      .map(({ file, reason }) => [path.basename(file), reason])
      .sort(([a], [b]) => (a < b ? -1 : 1));
    expect(named).toEqual([
      ['bomb.png', 'picture of 30000 x 30000 pixels is larger than the limit of 268 megapixels'],
      ['cut.jpg', expect.stringMatching(/^corrupt JPEG: /)],
      ['self.png', 'broken link or not a regular file'],
      ['text.png', 'not a picture, or of an unknown format'],
      ['zero.jpg', 'empty file'],
    ]);
    const html = await readFile(report, 'utf8');
    for (const { file, reason } of skipped) {
      expect(html).toContain(path.basename(file));
      expect(html).toContain(reason);
    }
  });

  it('names in any script and with markup in them are harmless', async () => {
    const folder = await temporaryFolder();
    const images = path.join(folder, 'صور 图片 🦭');
    const names = [
      'قطة.png',
      '猫.png',
      '🐟🎣.png',
      '<img src=x onerror=alert(1)>.jpg',
      `"quotes' & <b>.png`,
      'a\nb.png',
    ];
    await mkdir(images);
    for (const name of names) {
      const picture = await scene(
        [{ left: 4, top: 4, side: 16, colour: RED }],
        name.endsWith('jpg') ? 'jpeg' : 'png',
      );
      await writeFile(path.join(images, name), picture);
    }
    await writeFile(path.join(images, '<script>alert(2)</script>.png'.replaceAll('/', '∕')), 'broken');
    const { code, stdout } = await tessera(...(await explainRed(folder, images)));
    expect(code).toBe(0);
    const { concepts, report } = JSON.parse(stdout) as {
      concepts: { crops: { image: string }[] }[];
      report: string;
    };
    const shown = new Set(concepts.flatMap(({ crops }) => crops.map(({ image }) => path.basename(image))));
    expect([...shown].sort()).toEqual([...names].sort());
    const html = await readFile(report, 'utf8');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;.jpg');
    expect(html).not.toContain('<img src=x');
    expect(html).not.toContain('<script>alert');
  });
});

/** Somebody else who may read the program: not where its folder is closed to others, nor on systems without setpriv. */
const AS_NOBODY = ['setpriv', '--reuid=65534', '--clear-groups'];
const hasOtherUser = ((): boolean => {
  try {
    const [program, ...argv] = AS_NOBODY;
    execFileSync(program, [...argv, 'test', '-r', import.meta.filename], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOtherUser)('without permission (needs root and setpriv, to run as somebody else)', () => {
  it('skips what may not be read, and tells a target that may not be written', async () => {
    const folder = await temporaryFolder();
    const argv = await explainRed(folder, await writePictures(path.join(folder, 'images'), 6));
    await writePictures(path.join(folder, 'images', 'locked'), 1);
    await chmod(path.join(folder, 'images', 'locked'), 0o700);
    await chmod(path.join(folder, 'images', '000.png'), 0o600);
    await chmod(folder, 0o755);
    const refused = await tesseraProcess(argv, { through: AS_NOBODY });
    expect(refused.stderr).toContain(
      `cannot create the folder ${path.join(folder, 'out.tessera')}: permission denied`,
    );
    expect(refused).toMatchObject({ code: 1, stdout: '' });

    await chmod(folder, 0o777);
    const { code, stdout } = await tesseraProcess(argv, { through: AS_NOBODY });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { skipped: Skip[] }).skipped).toEqual([
      {
        file: path.join(folder, 'images', 'locked'),
        reason: expect.stringContaining('permission denied') as string,
      },
      { file: path.join(folder, 'images', '000.png'), reason: 'permission denied' },
    ]);
  });
});
