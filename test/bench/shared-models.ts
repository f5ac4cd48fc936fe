import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { openModel, type ModelIntake } from '../../core/pipeline/model-intake.ts';
import type { OpenedDevice, Environment } from '../../core/pipeline/environment.ts';
import { createNodeEnvironment } from '../../main/compute/node-environment.ts';

export const SHARED = path.join(import.meta.dirname, '../../../shared/data');

/** Why the real models and photos cannot be used, or undefined. */
export const missingData = existsSync(SHARED)
  ? undefined
  : 'the models and photos of ../shared/data are not here';

/** A real model on the CPU, with the photos of some folders. */
export interface RealSetting {
  readonly environment: Environment;
  readonly device: OpenedDevice;
  readonly intake: ModelIntake;
  readonly photos: readonly string[];
}

/** Opens a model of ../shared/data and lists the photos of a folder there. */
export async function realSetting(model: string, folder: string): Promise<RealSetting> {
  const environment = createNodeEnvironment();
  const root = path.join(SHARED, 'images', folder);
  return {
    environment,
    device: await environment.openDevice('cpu'),
    intake: await openModel(environment.storage, path.join(SHARED, 'models', `${model}.onnx`)),
    photos: (await readdir(root)).sort().map((file) => path.join(root, file)),
  };
}

/** Seconds that the work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Middle of a few timings: one disturbed repetition does not move it. */
export async function medianSeconds(repeats: number, work: () => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) seconds.push(await secondsOf(work));
  return seconds.sort((a, b) => a - b)[Math.floor(repeats / 2)];
}
