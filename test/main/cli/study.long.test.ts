import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { FrozenStudy } from '../../../core/study/study.ts';
import { planParticipant } from '../../../core/study/plan-participant.ts';
import { picturesOf } from '../../../core/study/study-pictures.ts';
import { tessera } from './run-tessera.ts';

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const CONSENT = 'You take part of your own free will.';

/** The demo's houses, explained in a hurry, once for all tests. */
let project: string;
beforeAll(async () => {
  project = path.join(await mkdtemp(path.join(tmpdir(), 'tessera-study-')), 'demo.tessera');
  const argv = ['explain', '--model', path.join(DEMO, 'model.onnx'), '--images', path.join(DEMO, 'images')];
  argv.push('--class', 'house', '--concepts', '6', '--samples', '16', '--map', 'upsampled-coefficients');
  const { code, stderr } = await tessera(...argv, '--evaluate', 'none', '--device', 'cpu', '--out', project);
  expect(code, stderr).toBe(0);
}, 300_000);

const studyNew = (...more: readonly string[]) =>
  tessera('study', 'new', project, '--consent', CONSENT, '--json', ...more);
async function frozen(id: string): Promise<FrozenStudy> {
  return JSON.parse(await readFile(path.join(project, 'studies', id, 'study.json'), 'utf8')) as FrozenStudy;
}
const idOf = ({ code, stdout, stderr }: Awaited<ReturnType<typeof studyNew>>): string => {
  expect(code, stderr).toBe(0);
  return (JSON.parse(stdout) as { id: string }).id;
};

describe('study new', { timeout: 300_000 }, () => {
  it('draws a utility study: balanced, disjoint, all conditions over the same pictures, the same by the same seed', async () => {
    const asked = [
      '--kind',
      'utility',
      '--conditions',
      'control,saliency,grad-cam,concepts,concept-maps',
      '--seed',
      '3',
    ];
    const [first, second] = [idOf(await studyNew(...asked)), idOf(await studyNew(...asked))];
    const { study } = await frozen(first);
    expect((await frozen(second)).study).toEqual({
      ...study,
      id: second,
      frozen: expect.any(String) as string,
    });
    const { material } = study;
    if (material.kind !== 'utility') throw new Error('utility expected');
    expect(material.answers).toEqual(['house', 'not house']);
    expect(material.items).toHaveLength(4 + 2 + 3 * (6 + 8));
    expect(material.items.filter(({ answer }) => answer === 0)).toHaveLength(24);
    const learnt = material.sessions.flatMap(({ train }) => train);
    for (const id of learnt) {
      const { shown } = material.items.find((item) => item.id === id)!;
      expect(Object.keys(shown).sort()).toEqual([...study.conditions].sort());
      const kinds = Object.fromEntries(
        Object.entries(shown).map(([name, panels]) => [name, panels.map(({ kind }) => kind)]),
      );
      expect(kinds).toMatchObject({ control: [], concepts: [], saliency: ['map'], 'grad-cam': ['map'] });
      expect(kinds['concept-maps'].at(-1)).toBe('amounts');
    }
    expect(material.legend.control).toEqual([]);
    expect(material.legend.concepts.every(({ kind }) => kind === 'gallery')).toBe(true);
    // What the model says of the folder's houses is known, and that the stamp adds most.
    const amounts = learnt.flatMap((id) => {
      const { answer, shown } = material.items.find((item) => item.id === id)!;
      const panel = shown['concept-maps'].at(-1)!;
      return panel.kind === 'amounts'
        ? [{ answer, adds: Math.max(...panel.rows.map((row) => row.contribution!)) }]
        : [];
    });
    const meanOf = (answer: number) => {
      const own = amounts.filter((one) => one.answer === answer);
      return own.reduce((sum, { adds }) => sum + adds / own.length, 0);
    };
    expect(meanOf(0)).toBeGreaterThan(2 * meanOf(1));
    expect(planParticipant(study, 1).steps.length).toBeGreaterThan(40);
  });

  it('makes sets of five crops from different pictures', async () => {
    const { study } = await frozen(idOf(await studyNew('--kind', 'intruder', '--sets', '3')));
    const { material } = study;
    if (material.kind !== 'intruder') throw new Error('intruder expected');
    expect(material.items.length).toBeGreaterThanOrEqual(9);
    for (const { crops } of material.items) expect(new Set(crops.map(({ sha256 }) => sha256)).size).toBe(5);
    expect(study.conditions).toEqual(['all']);
  });

  it('sets concepts against their parts once there are any', async () => {
    expect((await studyNew('--kind', 'choice')).stderr).toContain('has no concept with parts');
    const parts = await tessera(
      'decompose',
      project,
      '--concept',
      'Concept 1',
      '--parts',
      '2',
      '--device',
      'cpu',
    );
    expect(parts.code, parts.stderr).toBe(0);
    const { study } = await frozen(idOf(await studyNew('--kind', 'choice')));
    const { material } = study;
    if (material.kind !== 'choice') throw new Error('choice expected');
    expect(material.items).toHaveLength(2);
    for (const { galleries } of material.items) expect(galleries[0]).toHaveLength(galleries[1].length);
  });

  it('lists studies, void ones with the reason: a utility study survives new parts, one about crops does not', async () => {
    const listed = async () =>
      JSON.parse((await tessera('study', 'list', project, '--json')).stdout) as {
        kind: string;
        voidBecause: string[];
        id: string;
      }[];
    const before = await listed();
    expect(before.filter(({ voidBecause }) => voidBecause.length > 0).map(({ kind }) => kind)).toEqual([
      'intruder',
    ]);
    const { id } = before.find(({ kind }) => kind === 'utility')!;
    const { study } = await frozen(id);
    const [{ sha256, extension }] = picturesOf(study);
    await writeFile(path.join(project, 'studies', id, 'pictures', `${sha256}.${extension}`), 'no picture');
    expect((await listed()).find((one) => one.id === id)!.voidBecause[0]).toMatch(
      /^1 picture of the study was changed/,
    );
    expect((await tessera('study', 'list', project)).stdout).toContain(
      'void: 1 picture of the study was changed',
    );
  });

  it.each([
    [['--kind', 'quiz'], '--kind takes utility, intruder, choice; got "quiz".'],
    [[], 'Which kind of study?'],
    [['--kind', 'utility', '--sessions', '0'], '--sessions takes a whole number from 1 on; got "0".'],
    [['--kind', 'utility', '--conditions', 'control,gradcam'], 'There is no condition "gradcam".'],
    [
      ['--kind', 'utility', '--conditions', 'control,gated-gradient'],
      'Gated gradient draws concepts, not the score',
    ],
    [
      ['--kind', 'utility', '--contrast', 'control'],
      '--contrast takes two conditions as A:B; got "control".',
    ],
    [['--kind', 'utility', '--contrast', 'rise:control'], 'compares rise, which is not among its conditions'],
    [['--kind', 'utility', '--conditions', 'control,control'], 'A condition is there twice: control'],
    [['--kind', 'utility', '--run', 'run9'], 'has no run "run9"'],
    [['--kind', 'utility', '--run', 'run1,run1'], 'Both runs explain "house".'],
    [['--kind', 'utility', '--run', 'run1,run1,run1'], 'is about one run or two; got 3'],
    [['--kind', 'intruder', '--train', '5'], '--train is not of a study of kind intruder.'],
    [['--kind', 'utility', '--scenario', 'hard'], '--scenario takes all, failures; got "hard".'],
    [
      ['--kind', 'utility', '--consent', 'missing.txt'],
      'The file of the consent, missing.txt, cannot be read.',
    ],
    [['--kind', 'utility', '--consent', ' '], 'The file of the consent'],
  ])('refuses %s', async (more, message) => {
    const { code, stderr } = await studyNew(...more);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('says how much is missing and which sizes would do', async () => {
    const { code, stderr } = await studyNew('--kind', 'utility', '--sessions', '4', '--test', '20');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /needs 55 pictures called "house" \(there are \d+\) and 55 pictures called "not house"/,
    );
    expect(stderr).toMatch(/There is enough for 4 sessions of \d learnt and \d+ predicted; or 3 sessions/);
  });
});
