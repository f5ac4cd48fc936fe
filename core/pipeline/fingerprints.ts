import type { RunOptions } from '../concepts/run-options.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import type { ImageFile } from '../images/folder-scan.ts';
import type { DeviceName, Storage } from '../platform.ts';
import { fingerprintOf, type Json } from '../project/canonical-json.ts';
import { CHUNK } from './chunked.ts';
import type { ModelIntake } from './model-intake.ts';

/** Raised whenever a stage computes something else from the same inputs, so that old caches are left alone. */
const ALGORITHMS = 1;

/**
 * Names what the model says of these files: model, preprocessing, device and every file by path, size and
 * modification time.
 */
export async function predictionsFingerprint(
  storage: Storage,
  { sha256, preprocessing }: ModelIntake,
  device: DeviceName,
  files: readonly Pick<ImageFile, 'path'>[],
): Promise<string> {
  const stats: Json[] = [];
  for (const { path } of files) {
    const { size, modifiedMs } = await storage.stat(path);
    stats.push([path, size, modifiedMs]);
  }
  return fingerprintOf(storage, [
    ALGORITHMS,
    CHUNK,
    sha256,
    preprocessing.preprocessing as unknown as Json,
    device,
    stats,
  ]);
}

/** Names of the stages after the predictions, each made of the one before and what it adds. */
export interface Fingerprints {
  readonly rows: string;
  readonly bank: string;
  readonly coefficients: string;
  readonly importance: string;
  readonly evaluation: string;
}

/** Raised whenever an evaluation measures something else. */
const EVALUATION = 1;

/** Names the evidence for a number of concepts on some rows. */
export function rankFingerprint(
  storage: Storage,
  rows: string,
  classIndex: number,
  { seed, design }: Pick<RunOptions, 'seed' | 'design'>,
): string {
  return fingerprintOf(storage, [rows, classIndex, seed, design, EVALUATION]);
}

export function fingerprintsOf(
  storage: Storage,
  predictions: string,
  layer: LayerRecord,
  classIndex: number,
  images: readonly ImageFile[],
  options: RunOptions,
): Fingerprints {
  const { rows: kind, patch, concepts, seed, design, samples, replicates, craft, evaluate } = options;
  const paths = images.map(({ path }) => path);
  const rows = fingerprintOf(storage, [predictions, layer.tensor, kind, patch ?? 'default', seed, paths]);
  const bank = fingerprintOf(storage, [rows, concepts, seed]);
  const coefficients = fingerprintOf(storage, [bank, classIndex]);
  const importance = fingerprintOf(storage, [coefficients, design, samples, replicates, craft, seed]);
  const evaluation = fingerprintOf(storage, [importance, evaluate, EVALUATION]);
  return { rows, bank, coefficients, importance, evaluation };
}
