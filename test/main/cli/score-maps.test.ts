import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { expectationOf, intakeCases, intakeImages } from '../../core/intake/intake-cases.ts';
import { BLUE, GREY, RED, scene, temporaryFolder, writeModel, type Blob, type Rgb } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

interface MapsFacts {
  readonly noConcepts: string | null;
  readonly method: { readonly name: string; readonly text: string };
  readonly images: readonly {
    readonly file: string;
    readonly answer: { readonly name: string; readonly text: string };
    readonly explained: string;
    readonly score: number;
    readonly drop: number;
    readonly covered: {
      readonly box: readonly number[];
      readonly score: number;
      readonly decidedOtherwise: boolean | null;
    };
    readonly map: { readonly height: number; readonly width: number; readonly values: readonly number[] };
  }[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  readonly page: string;
}

/** On the CPU: looking for devices takes seconds. */
const maps = (...argv: readonly string[]) => tessera('maps', ...argv, '--device', 'cpu');

async function facts(...argv: readonly string[]): Promise<MapsFacts> {
  const page = path.join(await temporaryFolder(), 'maps.html');
  const { code, stdout, stderr } = await maps(...argv, '--out', page, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as MapsFacts;
}

const BLOB: Blob = { left: 8, top: 12, side: 8, colour: RED };

async function colourCase() {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'));
  const images = path.join(folder, 'images');
  await mkdir(images);
  await writeFile(path.join(images, 'a.png'), await scene([BLOB]));
  await writeFile(path.join(images, 'b.png'), await scene([{ ...BLOB, colour: BLUE }]));
  return { folder, model, images };
}

/** The picture with the blob as levels, pixel by pixel. */
const pixels: readonly Rgb[] = Array.from({ length: 32 * 32 }, (_, i) => {
  const [row, column] = [Math.floor(i / 32), i % 32];
  const isIn = (at: number, from: number) => at >= from && at < from + BLOB.side;
  return isIn(row, BLOB.top) && isIn(column, BLOB.left) ? RED : GREY;
});

/** The logit of red of the colour model with its second ReLU, by its definition. */
function redLogit(colours: readonly (readonly number[])[]): number {
  let sum = 0;
  for (let top = 0; top < 32; top += 4)
    for (let left = 0; left < 32; left += 4) {
      let answer = 0;
      for (let i = 0; i < 16; i++) {
        const [r, g, b] = colours[32 * (top + Math.floor(i / 4)) + left + (i % 4)];
        answer += (r - 0.5 * g - 0.5 * b) / 255 / 16;
      }
      sum += Math.max(0, Math.max(0, answer) - 0.1);
    }
  return (10 * sum) / 64;
}

/** Occlusion as it is defined, pixel by pixel: squares of 5 (a seventh of 32), 3 apart and flush with the end. */
function occlusionByHand() {
  const starts = [0, 3, 6, 9, 12, 15, 18, 21, 24, 27];
  const mean = [0, 1, 2].map((c) => pixels.reduce((sum, colour) => sum + colour[c] / pixels.length, 0));
  const whole = redLogit(pixels);
  const squares = starts.flatMap((top) =>
    starts.map((left) => {
      const hides = (i: number): boolean => {
        const [row, column] = [Math.floor(i / 32), i % 32];
        return row >= top && row < top + 5 && column >= left && column < left + 5;
      };
      return { top, left, hides, drop: whole - redLogit(pixels.map((own, i) => (hides(i) ? mean : own))) };
    }),
  );
  const map = pixels.map((_, i) => {
    const over = squares.filter(({ hides }) => hides(i));
    return over.reduce((sum, { drop }) => sum + drop / over.length, 0);
  });
  const most = squares.reduce((best, one) => (one.drop > best.drop ? one : best));
  return { whole, map, most };
}

describe('maps', () => {
  it('occlusion is what covering by the mean colour of the picture takes from the raw score', async () => {
    const { model, images } = await colourCase();
    const found = await facts('--model', model, '--images', path.join(images, 'a.png'));
    const [{ answer, explained, score, drop, covered, map }] = found.images;
    const right = occlusionByHand();
    expect([answer.name, explained]).toEqual(['red', 'logit of red']);
    expect([map.height, map.width]).toEqual([32, 32]);
    // float32 through the model; values of the map are written with six digits.
    expect(Float64Array.from(map.values)).toBeAllclose(Float64Array.from(right.map), { atol: 1e-5 });
    expect([score, drop]).toBeAllclose([right.whole, right.most.drop], { atol: 1e-5 });
    expect(covered.box).toEqual([right.most.left, right.most.top, 5, 5]);
    expect(found.noConcepts).toBeNull();
    expect(found.method.text).toContain("the picture's own mean colour");
  });

  it('explains what is asked for in every picture, by each method, the same for the same seed', async () => {
    const { model, images } = await colourCase();
    const given = ['--model', model, '--images', images, '--class', 'not red'];
    for (const method of ['occlusion', 'rise', 'sobol-attribution']) {
      const count = method === 'occlusion' ? [] : ['--count', '1'];
      const first = await facts(...given, ...count, '--method', method);
      const said = [
        ['red', 'logit of not red'],
        ['blue', 'logit of not red'],
      ];
      expect(first.images.map(({ answer, explained }) => [answer.name, explained])).toEqual(
        said.slice(0, first.images.length),
      );
      const again = await facts(...given, ...count, '--method', method);
      expect(again.images).toEqual(first.images);
    }
  });

  it('writes one page with every picture, and nothing of it runs or is loaded', async () => {
    const { folder, model, images } = await colourCase();
    await writeFile(path.join(images, '<b>x.png'), await scene([BLOB]));
    await writeFile(path.join(images, 'broken.png'), 'no picture');
    const clear = {
      width: 32,
      height: 32,
      channels: 4,
      background: { r: 240, g: 20, b: 20, alpha: 0.5 },
    } as const;
    await writeFile(path.join(images, 'clear.png'), await sharp({ create: clear }).png().toBuffer());
    const out = path.join(folder, 'maps.html');
    const { code, stdout, stderr } = await maps('--model', model, '--images', images, '--out', out);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('broken.png');
    const page = await readFile(out, 'utf8');
    expect(page.match(/<img /g)).toHaveLength(8);
    expect(page).toContain('&lt;b&gt;x.png');
    expect(page).not.toMatch(/<script|<b>|https?:/);
    expect(page).toContain('say where in a picture the score comes from, not what the model sees there.');
    expect(page).toContain('broken.png');
    expect([stderr, page].map((text) => text.includes('1 image has transparent pixels'))).toEqual([
      true,
      true,
    ]);
  });

  it('refuses what it cannot do, and says what it takes', async () => {
    const { model, images } = await colourCase();
    const given = ['--model', model, '--images', images];
    const refused = async (...argv: readonly string[]) => {
      const { code, stderr } = await maps(...given, ...argv);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused('--method', 'saliency')).toContain(
      '--method takes one of occlusion, rise, sobol-attribution; got "saliency".',
    );
    expect(await refused('--count', '0')).toContain('--count takes a whole number from 1 to 1,000; got "0".');
    expect(await refused('--class', 'grean')).toContain('Did you mean "green"');
    expect(await refused('--against', 'blue')).toContain('Name the class too with --class.');
    expect(await refused('--reference', images)).toContain('Only a model that gives a vector');
    const { code, stderr } = await maps('--images', images);
    expect([code, stderr]).toEqual([2, expect.stringContaining('maps takes a model and folders of images')]);
  });
});

describe.skipIf(intakeCases.length === 0)('maps of models without a cut (in ../shared)', () => {
  const fileOf = (name: string): string => intakeCases.find((one) => one.name === name)!.file;

  it.each(['tta_flip', 'ensemble'])('%s: explain says what can be done, and maps do it', async (name) => {
    const given = ['--model', fileOf(name), '--images', intakeImages];
    const refused = await tessera('explain', ...given, '--class', 'circle', '--device', 'cpu');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'Maps can still show where in pictures its answers come from with tessera maps.',
    );
    const found = await facts(...given, '--count', '3');
    expect(found.noConcepts).toContain('to cut at');
    expect(found.images).toHaveLength(3);
    const { images, tolerance } = expectationOf(name);
    for (const { file, answer, score, drop, covered } of found.images) {
      const right = images![path.relative(intakeImages, file).replaceAll('\\', '/')];
      expect(answer.name).toBe(right.predicted);
      expect(Math.abs(score - Math.max(...right.logits!))).toBeLessThan(tolerance! * 2);
      expect(drop).toBeCloseTo(score - covered.score, 9);
    }
    expect(await readFile(found.page, 'utf8')).toContain('Without a cut there are no concepts');
  });

  it.each([
    ['regression', [], 'age in years'],
    ['embedding', ['--reference', path.join(intakeImages, 'circle')], 'similarity to circle'],
    ['binary_logit', ['--class', 'not circle'], 'other'],
    ['multilabel_sigmoid', [], ''],
    ['fixed_batch_4', [], ''],
    ['uint8_nhwc', [], ''],
    ['one_channel', [], ''],
    ['rgba', [], ''],
  ] as const)('%s: a map for every picture, also of a model that has a cut', async (name, argv, words) => {
    const found = await facts('--model', fileOf(name), '--images', intakeImages, ...argv, '--count', '2');
    expect(found.images).toHaveLength(2);
    for (const { explained, score, drop, covered } of found.images) {
      expect(explained).toContain(words);
      expect(drop).toBeCloseTo(score - covered.score, 9);
      expect(covered.decidedOtherwise === null).toBe(name === 'regression' || name === 'embedding');
    }
  });
});
