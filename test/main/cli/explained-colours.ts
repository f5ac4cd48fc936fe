import path from 'node:path';
import { expect } from 'vitest';
import type { Model } from '../../../core/onnx/graph.ts';
import { temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

/** What `explain --json` prints. */
export interface Facts {
  readonly project: string;
  readonly report: string;
  readonly class: { readonly index: number; readonly name: string };
  readonly layer: string;
  readonly concepts: readonly {
    readonly id: string;
    readonly name: string;
    readonly importance: { readonly mean: number; readonly low: number; readonly high: number };
    readonly crops: readonly {
      readonly image: string;
      readonly box: number[];
      readonly coefficient: number;
    }[];
  }[];
  readonly reconstruction: {
    readonly r2: number;
    readonly relativeError: number;
    readonly agreement: number;
  };
  readonly factorization: { readonly shared?: { readonly bank: string } };
  readonly evaluation: { readonly stability: { readonly mean: number } };
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  readonly timings: Readonly<Record<string, number>>;
}

interface Case {
  readonly model?: Model;
  readonly card?: object;
  readonly pictures?: number;
}

/** Arguments for the colour model, or another, on its pictures; `more` options come last and win. */
export async function colourCase({ model, card, pictures = 9 }: Case = {}) {
  const folder = await temporaryFolder();
  const file = await writeModel(path.join(folder, 'model'), model, card);
  const images = await writePictures(path.join(folder, 'images'), pictures);
  const argv = ['explain', '--model', file, '--device', 'cpu', '--out', path.join(folder, 'out.tessera')];
  const explain = async (more: readonly string[], from = images): Promise<Facts> => {
    const { code, stdout, stderr } = await tessera(
      ...argv,
      '--images',
      from,
      ...['--concepts', '2', '--json'],
      ...more,
    );
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Facts;
  };
  return { folder, argv, file, images, explain };
}
