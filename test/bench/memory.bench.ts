import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_OPTIONS } from '../../core/concepts/run-options.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import { explainOptions } from '../core/pipeline/explain-options.ts';
import { createNodeEnvironment } from '../../main/compute/node-environment.ts';

const IMAGES = 5000;
const WARM_UP = 500;
/** The target: growth of the resident set after the first images, in MB. */
const WANTED_MB = 200;
const DEMO = path.join(import.meta.dirname, '../../models/demo');

/** Explains 5,000 images (the demo's, under many names) and watches the process's memory. */
async function run(): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-bench-'));
  try {
    await manyImages(path.join(folder, 'images'));
    return await watch(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function manyImages(folder: string): Promise<void> {
  await mkdir(folder);
  const houses = (await readdir(path.join(DEMO, 'images/house'))).sort();
  for (let i = 0; i < IMAGES; i++) {
    await copyFile(path.join(DEMO, 'images/house', houses[i % houses.length]), path.join(folder, `${i}.jpg`));
  }
}

async function watch(folder: string): Promise<string[]> {
  const environment = createNodeEnvironment();
  const images = [path.join(folder, 'images')];
  const intake = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
  const device = await environment.openDevice('cpu');
  const project = await openOrCreateProject(environment, path.join(folder, 'p'), intake, images);
  let warm = 0;
  let peak = 0;
  const onProgress = ({ stage, done }: { stage: string; done: number }): void => {
    const rss = process.memoryUsage.rss();
    if (stage === 'predictions' && done <= WARM_UP) warm = Math.max(warm, rss);
    peak = Math.max(peak, rss);
  };
  await explainOptions(
    { environment, device, intake, project, onProgress, signal: undefined },
    { ...DEFAULT_OPTIONS, model: intake.path, images, class: 'house', select: 'all', device: 'cpu' },
  );
  const growth = (peak - warm) / 2 ** 20;
  return [
    `demo model, ${IMAGES} images, all stages`,
    `  resident set ${(warm / 2 ** 20).toFixed(0)} MB after ${WARM_UP} images, at most ${(peak / 2 ** 20).toFixed(0)} MB`,
    `  growth ${growth.toFixed(0)} MB (wanted below ${WANTED_MB} MB)`,
  ];
}

export default { name: 'Memory over many images', run };
