import path from 'node:path';
import { matrix } from '../../../core/linalg/matrix.ts';
import { createProject, saveRun, type Project } from '../../../core/project/project-folder.ts';
import { hashOfRun } from '../../../core/project/run-hash.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { freezeStudy } from '../../../core/project/study-folder.ts';
import { saveRunTensors } from '../../../core/project/tensors-file.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import type { FrozenStudy } from '../../../core/study/study.ts';
import type { ExampleStudy } from '../study/example-study.ts';
import { explanation, projectContent, runContent, self } from './sample-run.ts';

/** A project in a folder with one finished run, which no model was needed for. */
export async function projectWithRun(folder: string): Promise<Project> {
  const created = await createProject(fileStorage, path.join(folder, 'boat.tessera'), projectContent);
  const { project, run } = await startRun(created, runContent, self);
  await saveRun(project, { ...run, explanation });
  await saveRunTensors(project, 'run1', {
    conceptBank: matrix(1, 2, Float32Array.of(1, 2)),
    coefficients: [matrix(1, 1, Float32Array.of(1.25))],
    imageImportance: [Float64Array.of(0.4)],
    strengths: [Float32Array.of(1.25)],
    maps: new Map(),
    parts: new Map(),
  });
  return project;
}

/** Freezes an example study over the run of such a project: it stands. */
export async function freezeExample(
  project: Project,
  { content, pictures }: ExampleStudy,
): Promise<FrozenStudy> {
  const sha256 = await hashOfRun(project, 'run1', { hasParts: content.material.kind !== 'utility' });
  const runs = [{ id: 'run1', sha256, className: 'boat' }];
  return freezeStudy(project, self, { ...content, runs }, pictures);
}
