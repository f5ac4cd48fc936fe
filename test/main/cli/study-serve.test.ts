import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject } from '../../../core/project/project-folder.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { thisProcess } from '../../../core/runtime/this-process.ts';
import { freezeStudy } from '../../../core/project/study-folder.ts';
import { studyCommand } from '../../../main/cli/study.ts';
import { projectContent } from '../../core/project/sample-run.ts';
import { exampleIntruder } from '../../core/study/example-study.ts';

let folder: string;
let project: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-serve-'));
  project = path.join(folder, 'boat.tessera');
  const created = await createProject(fileStorage, project, projectContent);
  const { content, pictures } = await exampleIntruder({ count: 2 });
  await freezeStudy(created, thisProcess, content, pictures);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const serve = (...argv: string[]): Promise<void> =>
  studyCommand(['serve', ...argv], AbortSignal.timeout(1000));

describe('study serve', () => {
  it.each([
    [[], 'study serve takes a project folder and the id of a study.'],
    [['p', 'study1', 'more'], 'study serve takes a project folder and the id of a study.'],
    [['p', 's', '--port', '70000'], '--port takes a whole number from 0 to 65535; got "70000".'],
    [['p', 's', '--port', 'x'], '--port takes a whole number from 0 to 65535; got "x".'],
    [['p', 's', '--participants', '0'], '--participants takes a whole number from 1 to 10000; got "0".'],
    [['p', 's', '--first', '1.5'], '--first takes a whole number from 1 to 900000; got "1.5".'],
    [['p', 's', '--new-link', '2,x'], '--new-link takes a whole number from 1 to 999999; got "x".'],
    [['p', 's', '--links', '2'], "Unknown option '--links'."],
    [['p', 's', '--port'], '--port takes the number of a port; got none.'],
  ])('refuses %s in words', async (argv, message) => {
    await expect(serve(...argv)).rejects.toMatchObject({ code: 'bad-usage', message });
  });

  it('says which studies there are, and that one is void', async () => {
    await expect(serve(project, 'study9')).rejects.toMatchObject({
      code: 'unknown-name',
      hint: 'Its studies are study1.',
    });
    await expect(serve(project, 'study1')).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringMatching(
        /^study: study1 is void: the run "run1" cannot be read any more/,
      ) as string,
    });
  });
});
