import { argv } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import type { Storage } from '../../../core/platform.ts';
import { fingerprintOf } from '../../../core/project/canonical-json.ts';
import { createProject, openProject } from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { openStageEntry } from '../../../core/project/stage-entry.ts';
import { openStageStore } from '../../../core/project/stage-store.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { expectFloat32, float32 } from '../../../core/tensor.ts';
import { explanation, projectContent, runContent, self } from './sample-run.ts';

const CHUNKS = 4;
export const WANTED_SUM = 0 + 1 + 4 + 9;

/** Four chunks of "activations", then a stage that sums them; calls back before each chunk is computed. */
export async function runSmallPipeline(
  storage: Storage,
  folder: string,
  onCompute: (index: number) => unknown,
): Promise<number> {
  const opened = (await storage.exists(storage.join(folder, 'project.json')))
    ? await openProject(storage, folder)
    : await createProject(storage, folder, projectContent);
  const { project, run } = await startRun(opened, runContent, self);
  const store = openStageStore(project, run);
  const activations = fingerprintOf(storage, { model: project.file.model.sha256, seed: run.seed });
  const pieces = await openStageEntry(project, 'activations', activations);
  const { value } = await store.stage('sum', fingerprintOf(storage, { activations }), (entry) =>
    entry.get(0, async () => {
      let sum = 0;
      for (let index = 0; index < CHUNKS; index++) {
        const { tensors } = await pieces.get(index, async () => {
          await onCompute(index);
          return { tensors: new Map([['a', float32(Float32Array.of(index * index), [1])]]), value: null };
        });
        sum += expectFloat32(tensors.get('a'), 'a').data[0];
      }
      return { tensors: new Map(), value: sum };
    }),
  );
  await store.finish({ explanation });
  return value;
}

// As a program of its own: a victim that says where it is and takes its time.
if (argv[1] === import.meta.filename)
  await runSmallPipeline(fileStorage, argv[2], async (index) => {
    console.log(`computing ${index}`);
    await setTimeout(index === 2 ? 30_000 : 0);
  });
