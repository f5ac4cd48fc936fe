import { describe, expect, it } from 'vitest';
import { loadEvaluation, saveEvaluation } from '../../../core/project/evaluation-file.ts';
import { createProject } from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { sampleEvaluation } from '../report/sample-report.ts';
import { memoryStorage } from './memory-storage.ts';
import { projectContent, runContent, self } from './sample-run.ts';

const PATH = '/boat.tessera/runs/run1/evaluation.json';

async function projectWithRun() {
  const storage = memoryStorage();
  const { project } = await startRun(
    await createProject(storage, '/boat.tessera', projectContent),
    runContent,
    self,
  );
  return { storage, project };
}

describe('saveEvaluation() and loadEvaluation()', () => {
  it('give back what was put in', async () => {
    const { project } = await projectWithRun();
    expect(await loadEvaluation(project, 'run1')).toBeUndefined();
    await saveEvaluation(project, 'run1', sampleEvaluation());
    expect(await loadEvaluation(project, 'run1')).toEqual({ schemaVersion: 3, ...sampleEvaluation() });
  });

  it('refuse a figure that JSON cannot carry, and a run that is not there', async () => {
    const { project } = await projectWithRun();
    const broken = { ...sampleEvaluation(), reconstruction: { r2: NaN, relativeError: 0 } };
    await expect(saveEvaluation(project, 'run1', broken)).rejects.toThrow('reconstruction.r2');
    await expect(saveEvaluation(project, 'run9', sampleEvaluation())).rejects.toThrow('run9');
  });

  it('count a damaged file as none: it can be made again', async () => {
    const { storage, project } = await projectWithRun();
    storage.files.set(PATH, new TextEncoder().encode('{"schemaVersion": 1'));
    expect(await loadEvaluation(project, 'run1')).toBeUndefined();
    storage.files.set(PATH, new TextEncoder().encode('{"schemaVersion": 1, "level": "quick"}'));
    expect(await loadEvaluation(project, 'run1')).toBeUndefined();
  });
});
