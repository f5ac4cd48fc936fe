import { describe, expect, it } from 'vitest';
import type { Concept, LayerRecord } from '../../../core/concepts/explanation.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import type { CarriedCue } from '../../../core/pipeline/cue-carrier.ts';
import type { Cue } from '../../../core/pipeline/find-cues.ts';
import { shortcutSearch } from '../../../core/pipeline/shortcut-search.ts';
import { remedyText } from '../../../core/wording/shortcut-words.ts';

const SIDE = 8;
const IMAGES = 20;
const layer: LayerRecord = {
  tensor: 'map',
  shape: [1, 4, SIDE, SIDE],
  kind: 'spatial',
  channelAxis: 1,
  grid: [SIDE, SIDE],
  computeShare: 0.9,
};
const concept = (id: string): Concept => ({
  id,
  name: id,
  importance: { mean: 0.5, low: 0.4, high: 0.6 },
  tier: 0,
  prevalence: 1,
  crops: [],
});
/** Concept 0 everywhere, concept 1 in the top left corner alone; a little more from image to image. */
const coefficients = Array.from({ length: IMAGES }, (_, image) => {
  const amounts = matrix(SIDE * SIDE, 2);
  for (let cell = 0; cell < SIDE * SIDE; cell++) {
    amounts.data[2 * cell] = 1;
    if (cell % SIDE < 2 && cell < 2 * SIDE) amounts.data[2 * cell + 1] = 1 + image / 100;
  }
  return amounts;
});
const files = (folder: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ path: `/photos/${folder}/${i}.png` }));
const run = {
  layer,
  images: files('house', IMAGES),
  concepts: [concept('c0'), concept('c1')],
  coefficients,
  // Without concept 1 the first half is called something else.
  decisions: coefficients.map((_, image) => Int32Array.of(0, image < IMAGES / 2 ? 1 : 0, 0)),
  answers: { aboveChance: 0.9 },
};
const cue: Cue & CarriedCue = {
  name: 'top-left',
  form: 'corner',
  counts: { pairs: 48, moved: 24, moving: 0, left: 30 },
  isPainted: false,
  change: 4,
  carried: [0.5, 3],
  amounts: Array.from({ length: 20 }, (_, i) => [64, i / 100]),
};
const own = Array.from({ length: IMAGES }, (_, i) => i);
const found = (changes: Partial<Cue & CarriedCue> = {}, more: Partial<typeof run> = {}) =>
  shortcutSearch(
    { files: { own, others: files('barn', 20) }, cue: { ...cue, ...changes } },
    { ...run, ...more },
  );

describe('shortcutSearch()', () => {
  it('gives the flag to the concept that carries the cue, with every figure that speaks for it', () => {
    const [shortcut] = found().found;
    expect(shortcut).toMatchObject({
      concept: 'c1',
      carried: 0.75,
      flips: 30 / 48,
      kinds: ['same-place', 'off-object', 'flips', 'class-only', 'folder'],
    });
    const figures = Object.fromEntries(shortcut.evidence.map((one) => [one.figure, one]));
    expect(figures['moved'].value).toBe(0.5);
    expect(figures['inside']).toMatchObject({ value: 1, area: 4 / 64, images: IMAGES });
    expect(figures['removed'].value).toBe(0.5);
    expect(figures['elsewhere'].value).toBeLessThan(0.05);
    expect(figures['folder']).toMatchObject({ value: 1, folder: 'house' });
    for (const { low, value, high } of shortcut.evidence) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });

  it('tells which concepts, taken out of the model, bring back what the cue turned', () => {
    expect(found().found[0].remedy).toBeUndefined();
    const { found: all } = shortcutSearch(
      { files: { own, others: files('barn', 20) }, cue, remedy: { turned: 24, concepts: [1, 0], back: 18 } },
      run,
    );
    expect(all[0].remedy).toEqual({ turned: 24, concepts: ['c1', 'c0'], back: 18 });
    expect(remedyText(all[0].remedy!, ['Roof', 'Wall'])).toBe(
      'With Roof and Wall taken out of the model, 18 of 24 images that it turned are called again what they were.',
    );
  });

  it('says nothing of places on layers without any', () => {
    const vector: LayerRecord = { ...layer, kind: 'vector', grid: [1, 1] };
    const [shortcut] = found({}, { layer: vector }).found;
    expect(shortcut.kinds).not.toContain('off-object');
  });

  it('says of a mark in how many pictures it looks the same, and of no place where it lies', () => {
    const [shortcut] = found({ name: 'mark', form: 'mark', bearers: 15 }).found;
    expect(shortcut.kinds).toEqual(['same-mark', 'flips', 'class-only', 'folder']);
    expect(shortcut.evidence[0]).toMatchObject({ figure: 'recurs', value: 0.75, images: IMAGES });
    expect(shortcut.evidence.map(({ figure }) => figure)).not.toContain('inside');
  });

  it("does not claim that a concept is the class's own where others have as much, or none were seen", () => {
    const amounts = cue.amounts.map(() => [64, 4.4]);
    expect(found({ amounts }).found[0].kinds).not.toContain('class-only');
    const [painted] = found({ isPainted: true, change: 4 }).found;
    expect(painted.kinds).not.toContain('class-only');
    expect(painted.evidence.map(({ figure }) => figure)).not.toContain('moved');
  });

  it('gives no flag to a model that guesses, and only of places to one that is often wrong', () => {
    const look = { name: 'colours', form: 'colours' } as const;
    expect(found({}, { answers: { aboveChance: 0.02 } }).found).toEqual([]);
    expect(found(look, { answers: { aboveChance: 0.3 } }).found).toEqual([]);
    expect(found({}, { answers: { aboveChance: 0.3 } }).found).toHaveLength(1);
    expect(found(look).found[0].kinds[0]).toBe('whole-picture');
    const mark = { name: 'mark', form: 'mark', bearers: 15 } as const;
    expect(found(mark, { answers: { aboveChance: 0.3 } }).found).toHaveLength(1);
  });

  it('finds nothing where no cue was found', () => {
    expect(shortcutSearch({ files: { own, others: [] } }, run)).toEqual({
      images: IMAGES,
      others: 0,
      found: [],
    });
  });
});
