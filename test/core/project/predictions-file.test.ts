import { describe, expect, it } from 'vitest';
import { loadPredictions, savePredictions } from '../../../core/project/predictions-file.ts';
import { createProject } from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { memoryStorage } from './memory-storage.ts';
import { projectContent, runContent, self } from './sample-run.ts';

const PATH = '/boat.tessera/runs/run1/predictions.jsonl';
const IMAGES = [
  { file: '/photos/a "b"\n.jpg', index: 3, probability: 0.75, runnerUp: { index: 0, probability: 0.2 } },
  { file: '/photos/c.jpg', index: 0, probability: 1 },
];

async function projectWithRun() {
  const storage = memoryStorage();
  const project = await createProject(storage, '/boat.tessera', projectContent);
  return { storage, project: (await startRun(project, runContent, self)).project };
}

describe('savePredictions() and loadPredictions()', () => {
  it('give back what was put in, a line a picture', async () => {
    const { storage, project } = await projectWithRun();
    expect(await loadPredictions(project, 'run1')).toBeUndefined();
    await savePredictions(project, 'run1', IMAGES);
    expect(await loadPredictions(project, 'run1')).toEqual(IMAGES);
    expect(new TextDecoder().decode(storage.files.get(PATH)).split('\n')).toHaveLength(4);
  });

  it('notice one flipped bit, and refuse a run that is not there', async () => {
    const { storage, project } = await projectWithRun();
    await savePredictions(project, 'run1', IMAGES);
    const bytes = storage.files.get(PATH)!.slice();
    // A digit of a probability: the line is JSON as before.
    bytes[bytes.length - 4] ^= 1;
    storage.files.set(PATH, bytes);
    await expect(loadPredictions(project, 'run1')).rejects.toMatchObject({
      code: 'bad-project',
      message: `project: ${PATH} is damaged.`,
    });
    await expect(savePredictions(project, 'run9', IMAGES)).rejects.toThrow('run9');
  });
});
