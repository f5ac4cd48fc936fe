import { describe, expect, it } from 'vitest';
import path from 'node:path';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { chooseLayer } from '../../../core/pipeline/choose-layer.ts';
import { frontierCuts } from '../../../core/pipeline/frontier-cuts.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';

const DEMO = path.join(import.meta.dirname, '../../../models/demo/model.onnx');

describe('frontierCuts()', () => {
  it('are the proposed cut, some before it that cannot be negative, and the chosen one, by depth', async () => {
    const intake = await openModel(createNodeEnvironment().storage, DEMO);
    const proposed = chooseLayer(intake, undefined);
    const cuts = frontierCuts(intake, proposed);
    expect(cuts.length).toBeGreaterThanOrEqual(3);
    expect(cuts.at(-1)).toEqual(proposed);
    expect(cuts.map(({ computeShare }) => computeShare)).toEqual(
      cuts.map(({ computeShare }) => computeShare).sort((a, b) => a - b),
    );
    expect(cuts.every(({ tensor, kind }) => tensor.includes('Relu') && kind === 'spatial')).toBe(true);
    const vector = intake.cutPoints.find(({ kind }) => kind === 'vector')!;
    expect(frontierCuts(intake, chooseLayer(intake, vector.tensor)).map(({ tensor }) => tensor)).toContain(
      vector.tensor,
    );
  });
});
