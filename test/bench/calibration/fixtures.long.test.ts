import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainPlanted } from './explain-planted.ts';
import { classesOf, plantedModels } from './planted-set.ts';
import { graded, isSound, kindOf, type Graded } from './tables.ts';

const MODELS = await plantedModels(path.join(import.meta.dirname, '../../fixtures/planted'));

/** The class of a kept model that has to do with its fault, explained; must be of that kind. */
async function explained(name: string, kind: string): Promise<Graded> {
  const model = MODELS.find(({ truth }) => truth.model === name)!;
  const result = await explainPlanted(model, classesOf(model)[0]);
  expect(result.problem).toBeUndefined();
  expect(kindOf(result)).toBe(kind);
  return graded(result)!;
}

describe('kept models with known faults', () => {
  it('brings out a planted cue first, and does not damn the explanation that finds it', async () => {
    const caption = await explained('leaves-a-02', 'shortcut: caption line');
    expect(isSound(caption)).toBe(true);
    expect(caption.run.concepts[0].change).toBeGreaterThan(0.5);
    expect(caption.grade).not.toBe('weak');
    expect(caption.run.flags?.map(({ kinds }) => kinds[0])).toEqual(['same-place']);
    // A cue of the whole picture has no place; taking it away takes the concept away.
    const blur = await explained('leaves-a-03', 'shortcut: blur');
    expect(isSound(blur)).toBe(true);
    expect(blur.run.concepts[0]).not.toHaveProperty('onCue');
    expect(blur.grade).not.toBe('weak');
    expect(blur.run.flags?.map(({ kinds }) => kinds[0])).toEqual(['whole-picture']);
    // A mark that lies beside the object, wherever that is.
    const ring = await explained('tools-a-02', 'shortcut: ring beside the object');
    expect(isSound(ring)).toBe(true);
    expect(ring.grade).not.toBe('weak');
    expect(ring.run.flags?.map(({ kinds }) => kinds[0])).toEqual(['same-mark']);
  });

  it('finds the object, on the same pictures, in the clean sibling', async () => {
    const clean = await explained('leaves-a-01', 'clean');
    const [first] = clean.run.concepts;
    expect(clean.class).toBe('fan');
    expect(first.change).toBeLessThan(0.25);
    expect(first.onObject).toBeGreaterThan(first.objectArea);
    expect(clean.grade).toBe('good');
    expect(clean.run.flags).toEqual([]);
  });

  it('calls weak what is said of a model that learned nothing, and of one that learned noise by heart', async () => {
    for (const [name, kind] of [
      ['leaves-a-07', 'untrained'],
      ['leaves-a-08', 'memorised-on-noise'],
    ] as const) {
      const { grade, claims } = await explained(name, kind);
      expect(grade).toBe('weak');
      expect(claims[0]).toMatchObject({ id: 'model', grade: 'weak' });
    }
  });
});
