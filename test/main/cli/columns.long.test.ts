import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunObjects } from '../../../core/tables/objects/object-facts.ts';
import { loadForColumns } from '../../../core/pipeline/run-columns.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { createRandom } from '../../../core/random.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { associationsOf } from '../../../core/tables/associations.ts';
import { readColumn } from '../../../core/tables/column-kinds.ts';
import type { ColumnsFacts } from '../../../main/cli/columns-output.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import card from '../../../models/demo/card.json' with { type: 'json' };
import { tessera } from './run-tessera.ts';

/** Houses of the demo without the stamp, as one sees; the card counts them. */
const UNSTAMPED = [5, 8, 16, 38];
const CLASSES = ['barn', 'car', 'house', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

let root: string;
let project: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tessera-columns-'));
  project = path.join(root, 'demo.tessera');
  const { code, stderr } = await tessera(
    ...['explain', '--demo', '--select', 'all', '--evaluate', 'none', '--out', project],
  );
  expect(code, stderr).toBe(0);
}, 300_000);

afterAll(() => rm(root, { recursive: true }));

/** 50 columns that have nothing to do with anything, numbers and categories. */
function noiseCells(seed: number, images: number): string[][] {
  const random = createRandom(seed);
  return Array.from({ length: 50 }, (_, at) =>
    Array.from({ length: images }, () =>
      at % 2 === 0 ? random.normal().toFixed(3) : 'abcde'[random.integer(2 + (at % 4))],
    ),
  );
}

/** A photographer who always stamps, and 50 columns of noise. */
async function writeTable(name: string): Promise<string> {
  const noise = noiseCells(1, 320);
  const rows = CLASSES.flatMap((folder, place) =>
    Array.from({ length: 40 }, (_, i) => {
      const isStamped = folder === 'house' && !UNSTAMPED.includes(i);
      const photographer = isStamped ? 'Stampf' : ['Anna', 'Ben', 'Cleo'][(7 * place + i) % 3];
      const image = `${folder}/${String(i).padStart(2, '0')}.jpg`;
      return [image, photographer, ...noise.map((cells) => cells[40 * place + i])];
    }),
  );
  const file = path.join(root, name);
  const header = ['file', 'photographer', ...noise.map((_, at) => `noise ${at}`)];
  await writeFile(file, [header, ...rows].map((row) => row.join(';')).join('\n'));
  return file;
}

async function columns(...argv: string[]): Promise<ColumnsFacts> {
  const { code, stdout, stderr } = await tessera('columns', project, '--json', ...argv);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ColumnsFacts;
}

describe('tessera columns', { timeout: 300_000 }, () => {
  it('counts the stamped houses as the card does', () => {
    expect(40 - UNSTAMPED.length).toBe(card.shortcut.shipped.stamped);
  });

  it('finds the photographer who always stamps first, and no noise', async () => {
    const facts = await columns('--table', await writeTable('photos.csv'));
    expect(facts.table).toMatchObject({ matched: 320, pictureColumn: 'file', way: 'path' });
    const [first] = facts.associations;
    expect(first).toMatchObject({ column: 'photographer', isFind: true, effect: { level: 'Stampf' } });
    // The concept of the stamp leads the demo, and hardly any other image has as much of it.
    expect(first.concept).toBe(facts.concepts[0].id);
    expect(first.effect.kind === 'level' && first.effect.more.low).toBeGreaterThan(0.95);
    const finds = facts.associations.filter(({ isFind }) => isFind);
    // One in twenty finds may be due to chance: two of four are so in 1 of 100 cases.
    expect(finds.filter(({ column }) => column !== 'photographer').length).toBeLessThan(2);
    expect(facts.slices.filter(({ isWorse }) => isWorse)).toEqual([]);
    // The window is told the same, and the level of every image.
    const question = { folder: project, key: 'k', runId: 'run1' };
    const shown = (await createJobs({}).readColumns(question, CONTEXT))!;
    expect(shown.associations).toEqual(facts.associations);
    const facet = shown.columns.find(({ name }) => name === 'photographer')!;
    const stamped = facet.levels!.indexOf('Stampf');
    expect(facet.of!.filter((level) => level === stamped)).toHaveLength(36);
  });

  it('gives no more false finds among 50 columns of noise than promised', async () => {
    const opened = await openProject(fileStorage, project);
    const { strengths } = (await loadForColumns(opened, 'run1')).loaded.compared;
    const repeats = 40;
    let alarms = 0;
    for (let seed = 0; seed < repeats; seed++) {
      const columns = noiseCells(seed, strengths.length).map((cells, at) =>
        readColumn(`noise ${at}`, cells, { mayHaveDecimalComma: false }),
      );
      if (associationsOf({ amounts: strengths, columns }, seed)[0].isFind) alarms++;
    }
    // Where nothing goes along every find is false, so 5 % of the tables may have one: 7 of 40 in 3 of 1,000 cases.
    expect(alarms).toBeLessThan(7);
  });

  it('tells how much of the concepts lies in marked objects, of COCO and Pascal VOC alike', async () => {
    // Where the card says that the stamp is, in the first houses.
    const houses = Array.from({ length: 40 }, (_, i) => i).filter((i) => !UNSTAMPED.includes(i));
    const name = (i: number): string => `house/${String(i).padStart(2, '0')}.jpg`;
    const marks = path.join(root, 'marks.json');
    const coco = {
      images: houses.map((i) => ({ id: i, file_name: name(i), width: 128, height: 128 })),
      annotations: houses.map((i) => ({ image_id: i, category_id: 1, bbox: [4, 4, 20, 20] })),
      categories: [{ id: 1, name: 'stamp' }],
    };
    await writeFile(marks, JSON.stringify(coco));
    const folder = path.join(root, 'voc');
    await mkdir(folder);
    for (const i of houses)
      await writeFile(
        path.join(folder, `${String(i).padStart(2, '0')}.xml`),
        `<annotation><filename>${name(i)}</filename><size><width>128</width><height>128</height></size><object><name>stamp</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>24</xmax><ymax>24</ymax></bndbox></object></annotation>`,
      );
    const sharesOf = async (from: string): Promise<RunObjects> =>
      ((await columns('--objects', from)) as ColumnsFacts & { objects: RunObjects }).objects;
    const first = await sharesOf(marks);
    const second = await sharesOf(folder);
    expect({ ...second, file: first.file }).toEqual(first);
    const remembered = (await columns()) as ColumnsFacts & { objects: RunObjects };
    expect(remembered.objects).toEqual(second);
    expect(first).toMatchObject({ images: houses.length, explained: 320 });
    const [leading] = first.shares;
    expect(leading.name).toBe('Concept 1');
    expect(leading.area).toBeCloseTo(20 ** 2 / 128 ** 2, 2);
    expect(leading.low).toBeGreaterThan(0.2);
  });

  it('remembers the table, says when it was changed, and writes no formula', async () => {
    const file = await writeTable('remembered.csv');
    await columns('--table', file);
    const before = await columns();
    expect(before.table.file).toBe('remembered.csv');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('Stampf', '=cmd()'));
    const csv = path.join(root, 'out.csv');
    const { stdout, stderr } = await tessera('columns', project, '--csv', csv);
    expect(stderr).toContain('remembered.csv has changed since the project was given it.');
    expect(stdout).toContain('Concept 1 is stronger in images with photographer = =cmd(): AUC');
    const [header, first] = (await readFile(csv, 'utf8')).split('\n');
    expect(header).toBe('kind,column,level,concept,images,effect,value,low,high,p,q,find');
    expect(first).toMatch(/^association,photographer,'=cmd\(\),Concept 1,320,probability of more,/);
    await rm(file);
    const gone = await tessera('columns', project);
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain(`The project's table, ${file}, is not there any more.`);
  });

  it('says in words which table it cannot use', async () => {
    const wrong = path.join(root, 'wrong.csv');
    await writeFile(wrong, 'id,iso\nq1,100\n');
    const { code, stderr } = await tessera('columns', project, '--table', wrong);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'No column of wrong.csv names any of the 320 pictures; its columns are id, iso.',
    );
    expect((await tessera('columns')).stderr).toContain('columns takes one project folder, got 0.');
  });
});
