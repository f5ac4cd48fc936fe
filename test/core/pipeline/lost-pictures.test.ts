import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isBadInput } from '../../../core/errors.ts';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { withStamps } from '../../../core/pipeline/picture-stamps.ts';
import { resolveQuestion } from '../../../core/pipeline/question.ts';
import { openStages } from '../../../core/pipeline/stage-runner.ts';
import { predictionsStage } from '../../../core/pipeline/stages/predictions.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { writeModel, writePictures } from '../../main/cli/colour-files.ts';

it('settles nothing of pictures that were there and are not to be had, and leaves out those that never were pictures', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-lost-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const model = await writeModel(path.join(folder, 'model'), colourModel());
  const images = await writePictures(path.join(folder, 'images'), 6);
  await writeFile(path.join(images, 'broken.png'), 'no picture');
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, model);
  const device = await environment.openDevice('cpu');
  const project = await openOrCreateProject(environment, path.join(folder, 'p'), intake, [images]);
  const options = resolveOptions({ model, images: [images], class: 'red', concepts: 2, device: 'cpu' });
  const { files, layer } = await resolveQuestion(environment.storage, intake, options);
  const scope = { environment, device, project, onProgress: () => undefined, signal: undefined };
  const facts = { model: intake, device, files: await withStamps(project, files), layer };
  await rename(images, `${images}-away`);
  const failure: unknown = await openStages(scope, facts, options)
    .get(predictionsStage)
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'storage',
    message: expect.stringContaining('was there before and cannot be read now') as string,
  });
  expect(isBadInput(failure)).toBe(false);
  await rename(`${images}-away`, images);
  const { predictions, skipped } = await openStages(scope, facts, options).get(predictionsStage);
  expect(predictions).toHaveLength(6);
  expect(skipped.map(({ file }) => path.basename(file))).toEqual(['broken.png']);
});
