import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { createProject, saveRun, type Project } from '../../../core/project/project-folder.ts';
import { hashOfRun } from '../../../core/project/run-hash.ts';
import { loadNotes, saveNotes } from '../../../core/project/run-notes.ts';
import { startRun } from '../../../core/project/start-run.ts';
import {
  freezeStudy,
  hashOfStudy,
  listStudies,
  loadStudy,
  studyPath,
  studyPicturePath,
} from '../../../core/project/study-folder.ts';
import { saveRunTensors } from '../../../core/project/tensors-file.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { picturesOf } from '../../../core/study/study-pictures.ts';
import { exampleChoice, exampleIntruder, exampleUtility, type ExampleStudy } from '../study/example-study.ts';
import { explanation, projectContent, runContent, self } from './sample-run.ts';

let folder: string;
let project: Project;
const FROZEN = '2026-11-30T12:00:00.000Z';
const tensorsWith = (value: number) => ({
  conceptBank: matrix(1, 2, Float32Array.of(1, value)),
  coefficients: [matrix(1, 1, Float32Array.of(1.25))],
  imageImportance: [Float64Array.of(0.4)],
  strengths: [Float32Array.of(1.25)],
  maps: new Map(),
  parts: new Map(),
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-study-'));
  const created = await createProject(fileStorage, path.join(folder, 'boat.tessera'), projectContent);
  const started = await startRun(created, runContent, self);
  project = started.project;
  await saveRun(project, { ...started.run, explanation });
  await saveRunTensors(project, 'run1', tensorsWith(2));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The example over the run of the project. */
async function overRun({ content, pictures }: ExampleStudy): Promise<ExampleStudy> {
  const hasParts = content.material.kind !== 'utility';
  const sha256 = await hashOfRun(project, 'run1', { hasParts });
  return { content: { ...content, runs: [{ id: 'run1', sha256, className: 'boat' }] }, pictures };
}
async function freeze(example: ExampleStudy) {
  const { content, pictures } = await overRun(example);
  return freezeStudy(project, self, content, pictures, FROZEN);
}
const problemOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'fine',
    (error: unknown) => error,
  );

describe('freezeStudy()', () => {
  it.each([
    ['utility', exampleUtility],
    ['intruder', exampleIntruder],
    ['choice', exampleChoice],
  ] as const)('writes a study of kind %s that reads as it was', async (_, example) => {
    const frozen = await freeze(await example());
    expect(frozen.study.id).toBe('study1');
    expect(await loadStudy(project, 'study1')).toEqual({ ...frozen, voidBecause: [] });
    expect(hashOfStudy(project, frozen.study)).toBe(frozen.sha256);
  });

  it('writes the same bytes for the same study, and numbers studies through', async () => {
    const first = await freeze(await exampleUtility());
    const text = await readFile(studyPath(project, 'study1', 'study.json'), 'utf8');
    await rm(studyPath(project, 'study1'), { recursive: true });
    expect((await freeze(await exampleUtility())).sha256).toBe(first.sha256);
    expect(await readFile(studyPath(project, 'study1', 'study.json'), 'utf8')).toBe(text);
    expect((await freeze(await exampleUtility({ seed: 8 }))).study.id).toBe('study2');
    expect((await listStudies(project)).map(({ id }) => id)).toEqual(['study1', 'study2']);
  });

  it('wants a consent that says something', async () => {
    const { content, pictures } = await overRun(await exampleUtility());
    await expect(freezeStudy(project, self, { ...content, consent: ' \n' }, pictures)).rejects.toThrow(
      'The study cannot be frozen. Participants have to be told what they agree to: the text of the consent is empty.',
    );
    expect(await listStudies(project)).toEqual([]);
  });

  it('leaves nothing where it fails half-way, and clears away what a kill left', async () => {
    const { content, pictures } = await overRun(await exampleUtility());
    const broken = {
      ...project,
      storage: { ...fileStorage, writeAtomic: () => Promise.reject(new Error('disk full')) },
    };
    // The lock of the project is written in another way.
    await expect(freezeStudy(broken, self, content, pictures)).rejects.toThrow('disk full');
    expect(await fileStorage.exists(studyPath(project, 'study1'))).toBe(false);
    await fileStorage.makeDirectory(studyPath(project, 'study7', 'pictures'));
    expect((await freezeStudy(project, self, content, pictures)).study.id).toBe('study1');
    expect(await fileStorage.exists(studyPath(project, 'study7'))).toBe(false);
  });
});

describe('loadStudy()', () => {
  it('says that a changed picture voids it, and reads on', async () => {
    const { study } = await freeze(await exampleUtility());
    const [first, second] = picturesOf(study).map((one) => studyPicturePath(project, 'study1', one));
    await writeFile(first, 'another');
    await rm(second);
    const loaded = await loadStudy(project, 'study1');
    expect(loaded.study).toEqual(study);
    expect(loaded.voidBecause).toEqual([
      `1 picture of the study is gone (${second})`,
      `1 picture of the study was changed (${first})`,
    ]);
  });

  it('says that a changed run voids it; names that people give do not', async () => {
    await freeze(await exampleUtility());
    await saveNotes(project, 'run1', { ...(await loadNotes(project, 'run1')), names: { c0: 'Hull' } });
    expect((await loadStudy(project, 'study1')).voidBecause).toEqual([]);
    await saveRunTensors(project, 'run1', tensorsWith(3));
    expect((await loadStudy(project, 'study1')).voidBecause).toEqual([
      'the run "run1" was changed after the study was frozen',
    ]);
    await rm(path.join(project.folder, 'runs', 'run1', 'tensors.safetensors'));
    expect((await loadStudy(project, 'study1')).voidBecause.join()).toMatch(
      /^the run "run1" cannot be read any more \(.*tensors\.safetensors.*[^.]\)$/,
    );
  });

  it('sees a study.json that was edited', async () => {
    await freeze(await exampleUtility());
    const file = studyPath(project, 'study1', 'study.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"leastMedianMs":1000', '"leastMedianMs":10'));
    expect((await loadStudy(project, 'study1')).voidBecause).toEqual([
      'study.json is no longer what was frozen',
    ]);
  });

  it('refuses what is no study, and one of a newer version', async () => {
    expect(await problemOf(loadStudy(project, 'study1'))).toMatchObject({
      code: 'unknown-name',
      hint: 'It has no studies yet.',
    });
    await freeze(await exampleUtility());
    expect(await problemOf(loadStudy(project, '../runs'))).toMatchObject({ hint: 'Its studies are study1.' });
    const file = studyPath(project, 'study1', 'study.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll('"schemaVersion":1', '"schemaVersion":2'));
    await expect(loadStudy(project, 'study1')).rejects.toThrow(
      'was written by a newer Tessera (study version 2',
    );
    await writeFile(file, text.replace('"consent"', '"consents"'));
    await expect(loadStudy(project, 'study1')).rejects.toThrow(
      'study.json is damaged: study.consent: missing',
    );
    expect(await listStudies(project)).toMatchObject([
      { id: 'study1', problem: expect.stringContaining('damaged') as string },
    ]);
  });
});

describe('hashOfRun()', () => {
  it('wants a finished run', async () => {
    const started = await startRun(project, { ...runContent, seed: 1 }, self);
    await expect(hashOfRun(started.project, 'run2', { hasParts: false })).rejects.toThrow(
      '"run2" is not finished',
    );
  });
});
