import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { chooseImages } from '../../../core/pipeline/chosen-images.ts';
import { passOverImages } from '../../../core/pipeline/image-pass.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { withStamps } from '../../../core/pipeline/picture-stamps.ts';
import { resolveQuestion } from '../../../core/pipeline/question.ts';
import { openStages } from '../../../core/pipeline/stage-runner.ts';
import { bankStage } from '../../../core/pipeline/stages/bank.ts';
import { coefficientsStage } from '../../../core/pipeline/stages/coefficients.ts';
import { importanceStage } from '../../../core/pipeline/stages/importance.ts';
import { removalsStage } from '../../../core/pipeline/stages/removals.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { writeModel, writePictures } from '../../main/cli/colour-files.ts';

/** The stages of a question about some pictures in a new project, and how many pictures were decoded so far. */
async function opened() {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-pass-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const model = await writeModel(path.join(folder, 'model'), colourModel());
  const images = await writePictures(path.join(folder, 'images'), 70);
  const options = resolveOptions({
    ...{ model, images: [images], class: 'red', concepts: 2, select: 'all', device: 'cpu', samples: 16 },
  });
  const decoded = { count: 0 };
  const here = createNodeEnvironment();
  const { codec } = here;
  const decodeFitted: typeof codec.decodeFitted = (file, fit) => {
    decoded.count++;
    return codec.decodeFitted(file, fit);
  };
  const environment = { ...here, codec: { ...codec, decodeFitted } };
  const intake = await openModel(environment.storage, model);
  const device = await environment.openDevice('cpu');
  const inProject = async (name: string) => {
    const project = await openOrCreateProject(environment, path.join(folder, name), intake, [images]);
    const asked = await resolveQuestion(environment.storage, intake, options);
    const question = { ...asked, files: await withStamps(project, asked.files) };
    const scope = { environment, device, project, onProgress: () => undefined, signal: undefined };
    const { layer, files } = question;
    const open = openStages(scope, { model: intake, device, files, layer }, options);
    const chosen = await chooseImages(scope, question, options, open);
    const { conceptBank } = await chosen.stages.get(bankStage);
    return { stages: chosen.stages, subject: { ...scope, ...chosen, layer, options, conceptBank } };
  };
  return { decoded, inProject };
}

it('decodes each image once for coefficients, importance and removals, which are what each stage computes', async () => {
  const { decoded, inProject } = await opened();
  const one = await inProject('one');
  const together = await inProject('together');
  decoded.count = 0;
  await passOverImages(together.stages, together.subject);
  expect(decoded.count).toBe(70);
  const found = async ({ stages }: typeof one) => [
    await stages.get(coefficientsStage),
    await stages.get(importanceStage),
    await stages.get(removalsStage),
  ];
  const inOnePass = await found(together);
  expect(decoded.count).toBe(70);
  expect(inOnePass).toEqual(await found(one));
  expect(decoded.count).toBe(70 + 140);
  await passOverImages(together.stages, together.subject);
  expect(decoded.count).toBe(70 + 140);
});

it('computes the chunks of a share, and says which of the others are missing', async () => {
  const { decoded, inProject } = await opened();
  const { stages, subject } = await inProject('shared');
  decoded.count = 0;
  await expect(passOverImages(stages, { ...subject, share: { shard: 1, of: 2 } })).rejects.toMatchObject({
    ...{ stage: 'coefficients', missing: [0], pieces: 2 },
  });
  expect(decoded.count).toBe(6);
  await passOverImages(stages, { ...subject, share: { shard: 0, of: 2 } });
  expect(decoded.count).toBe(70);
});
