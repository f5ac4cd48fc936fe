import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tmpdir } from 'node:os';
import { addParticipantEvents } from '../../../core/project/participant-files.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import type { StudyAnalysis } from '../../../core/study/analysis/analyse-study.ts';
import { knownAbility } from '../../core/study/simulated/known-ability.ts';
import { simulateStudy } from '../../../core/study/simulated/simulate-study.ts';
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

/** Writes answers of simulated participants as people's are kept. */
async function answer(
  folder: string,
  { study, sha256 }: FrozenStudy,
  count: number,
  from = 1,
): Promise<void> {
  const ability = { logOdds: () => 1, participantSpread: 0.3, questionSpread: 0.3 };
  const { participants, trials } = simulateStudy(
    { study, sha256 },
    count,
    1,
    knownAbility(study.material, ability, 1),
  );
  const place = { storage: fileStorage, folder, sha256 };
  for (const { participant, condition, isQuizPassed } of participants) {
    if (participant < from) continue;
    const { steps } = planParticipant(study, participant);
    const own = trials.filter((trial) => trial.participant === participant);
    const answers = own.map((trial) => ({
      event: 'answered' as const,
      step: steps.findIndex((step) => step.kind === 'ask' && step.trial === trial.trial),
      trial,
    }));
    await addParticipantEvents(place, participant, [
      { event: 'started', study: sha256, participant, condition },
      ...answers,
      ...(isQuizPassed === null ? [] : [{ event: 'quiz' as const, isPassed: isQuizPassed }]),
      { event: 'finished' },
    ]);
  }
}

describe('study simulate', { timeout: 300_000 }, () => {
  const simulate = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await tessera('study', 'simulate', project, '--json', ...argv);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as { study: { id: string }; analysis: StudyAnalysis };
  };

  it('makes a study, lets simulated participants answer and analyses it, and leaves nothing behind', async () => {
    const before = await readdir(project);
    const { analysis } = await simulate(
      '--conditions',
      'control,concept-maps',
      '--participants',
      '6',
      '--seed',
      '2',
    );
    expect(analysis.exclusions.participants).toBe(12);
    const { figures } = analysis;
    if (figures.kind !== 'utility') throw new Error('utility expected');
    const of = (name: string): number =>
      figures.conditions.find((one) => one.condition === name)!.accuracy.value!;
    // The stamp is shown, and it decides.
    expect(of('concept-maps')).toBeGreaterThan(0.6);
    expect(figures.contrasts).toMatchObject([
      { condition: 'concept-maps', against: 'control', isPrimary: true },
    ]);
    expect(await readdir(project)).toEqual(before);
    expect(
      (await readdir(path.join(project, 'cache'))).filter((name) => name.startsWith('simulated')),
    ).toEqual([]);
  });

  it.each([
    [['--reader', 'oracle'], '--reader takes nearest, logistic, guessing, inattentive; got "oracle".'],
    [['study9'], 'has no study "study9"'],
    [['a', 'b'], 'takes a project folder, and a study of it or none'],
    [['--participants', '-3'], '--participants takes a whole number from 1 on; got "-3".'],
  ])('refuses %s', async (more, message) => {
    const { code, stderr } = await tessera('study', 'simulate', project, ...more);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('study analyse', { timeout: 300_000 }, () => {
  it('tells what came of it, over several machines, and writes tables and the page', async () => {
    const id = idOf(await studyNew('--kind', 'intruder', '--sets', '2'));
    const folder = path.join(project, 'studies', id);
    const study = await frozen(id);
    const other = path.join(path.dirname(project), 'lab-2');
    await cp(folder, other, { recursive: true });
    await answer(folder, study, 3);
    await answer(other, study, 5, 4);
    const out = path.join(path.dirname(project), 'out');
    const report = path.join(out, 'report.html');
    const argv = ['study', 'analyse', project, id, '--merge', other, '--out', out, '--report', report];
    const { code, stdout, stderr } = await tessera(...argv);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`of 5 participants`);
    expect(stdout).toMatch(/Intruders found: \d/);
    const analysis = JSON.parse(await readFile(path.join(out, 'analysis.json'), 'utf8')) as StudyAnalysis;
    expect(analysis.study).toBe(study.sha256);
    const trials = (await readFile(path.join(out, 'trials.csv'), 'utf8')).trim().split('\n');
    expect(trials).toHaveLength(1 + 5 * study.study.material.items.length);
    expect((await readFile(path.join(out, 'participants.csv'), 'utf8')).trim().split('\n')).toHaveLength(6);
    expect(await readFile(report, 'utf8')).toContain('<title>');
    expect(JSON.parse((await tessera('study', 'analyse', project, id, '--json')).stdout)).toMatchObject({
      exclusions: { participants: 3 },
    });
  });

  it('refuses answers to another study, and folders without one', async () => {
    const [a, b] = [
      idOf(await studyNew('--kind', 'intruder', '--sets', '1')),
      idOf(await studyNew('--kind', 'intruder', '--sets', '1', '--seed', '5')),
    ];
    const merge = (folder: string) => tessera('study', 'analyse', project, a, '--merge', folder);
    expect((await merge(path.join(project, 'studies', b))).stderr).toContain('has answers to another study');
    expect((await merge(path.dirname(project))).stderr).toContain(`holds no study ${a}.`);
    expect((await tessera('study', 'analyse', project)).code).toBe(2);
    expect((await tessera('study', 'analyze', project)).stderr).toContain('near to it: analyse');
    expect((await tessera('study', 'analyse', project, a)).stdout).toContain('Nobody has taken part yet.');
  });
});

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
    const voided = before.filter(({ voidBecause }) => voidBecause.length > 0);
    expect(new Set(voided.map(({ kind }) => kind))).toEqual(new Set(['intruder']));
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
