import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

/** Explains red, where the score is linear in the concepts: only the paper's way estimates what can be computed. */
async function explain(...more: readonly string[]) {
  const folder = await temporaryFolder();
  const model = await writeModel(folder);
  const images = await writePictures(path.join(folder, 'images'), 6);
  const out = path.join(folder, 'out.tessera');
  const { code, stderr } = await tessera(
    ...['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '1'],
    ...['--device', 'cpu', '--evaluate', 'none', '--out', out, ...more],
  );
  expect(code, stderr).toBe(0);
  return JSON.parse(await readFile(path.join(out, 'runs/run1/run.json'), 'utf8')) as {
    options: object;
    explanation: { importance: object };
  };
}

describe('explain --craft', () => {
  it('keeps the sampling of the paper with another number of samples', async () => {
    const { options, explanation } = await explain('--craft', '--samples', '64');
    expect(options).toMatchObject({ craft: true, design: 'halton', samples: 64, replicates: 1 });
    expect(explanation.importance).toMatchObject({ method: 'sampled', design: 'halton', samples: 64 });
  });

  it("is not meant by the paper's numbers alone", async () => {
    const { options, explanation } = await explain(
      ...['--design', 'halton', '--samples', '32', '--replicates', '1'],
    );
    expect(options).toMatchObject({ craft: false, design: 'halton', samples: 32, replicates: 1 });
    expect(explanation.importance).toMatchObject({ method: 'exact' });
  });
});
