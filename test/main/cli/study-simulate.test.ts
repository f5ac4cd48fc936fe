import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyCommand } from '../../../main/cli/study.ts';
import { freezeExample, projectWithRun } from '../../core/project/study-project.ts';
import { exampleIntruder } from '../../core/study/example-study.ts';

let folder: string;
let project: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-simulate-'));
  const created = await projectWithRun(folder);
  project = created.folder;
  await freezeExample(created, await exampleIntruder({ count: 2 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('study simulate', () => {
  it.each([
    [[], '1e9', '1,000,000,000'],
    [['study1'], '1001', '1,001'],
  ])('refuses more participants than tell anything (%s, %s)', async (study, participants, got) => {
    const argv = ['simulate', project, ...study, '--participants', participants];
    await expect(studyCommand(argv, AbortSignal.timeout(20_000))).rejects.toMatchObject({
      code: 'bad-usage',
      message: `A dry run takes at most 1,000 simulated participants a condition; got ${got}.`,
    });
    expect(await readdir(path.join(project, 'studies'))).toEqual(['study1']);
  });
});
