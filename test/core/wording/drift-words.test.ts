import { describe, expect, it } from 'vitest';
import {
  comparedText,
  driftFigures,
  driftSummary,
  driftText,
  driftWay,
  fewForDrift,
  unknownByChance,
} from '../../../core/wording/drift-words.ts';

const drift = { before: 0.3, now: 0.6, distance: 0.43, usual: 0.21, q: 0.0123, isDrift: true };

describe('the words of a drift', () => {
  it('say plainly whether there is more or less', () => {
    expect(driftText('wall', drift)).toBe('More of “wall” than in the run’s images');
    expect(driftText('wall', { ...drift, now: 0.1 })).toBe('Less of “wall” than in the run’s images');
    expect(driftText('wall', { ...drift, isDrift: false })).toBe(
      'No more or less of “wall” than chance would make it',
    );
  });

  it('do not call more or less what is the same on average', () => {
    expect(driftWay({ ...drift, now: 0.301 })).toBe('spread');
    expect(driftText('wall', { ...drift, now: 0.301 })).toContain('as in the run’s images, but more of it');
    expect(driftWay({ ...drift, before: 0, now: 0 })).toBe('spread');
  });

  it('give effect, chance and the adjusted p', () => {
    expect(driftFigures(drift)).toBe(
      'mean 0.30 → 0.60; distance 0.43, by chance up to 0.21; adjusted p 0.012',
    );
    expect(driftFigures({ ...drift, q: 0.0004 })).toContain('adjusted p < 0.001');
  });

  it('sum up by the way, and name no more than three', () => {
    const named = (name: string, now: number) => ({ ...drift, name, now });
    expect(driftSummary([])).toBe('No concept drifts.');
    expect(driftSummary([named('wall', 0.6), named('roof', 0.1), named('door', 0.2)])).toBe(
      'More of “wall”; less of “roof” and “door” than in the run’s images.',
    );
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => named(name, 0.9));
    expect(driftSummary(five)).toBe('More of “a”, “b”, “c” and 2 others than in the run’s images.');
  });

  it('say how many would be unknown by chance', () => {
    expect(unknownByChance(20, 39)).toBe(
      'Of 20 images of the same kind as the run’s fewer than 1 would be among them by chance.',
    );
    expect(unknownByChance(20_000, 199)).toContain(
      '20,000 images of the same kind as the run’s about 100 would',
    );
  });

  it('say which images are compared', () => {
    const of = (compared: Parameters<typeof comparedText>[0]): string => comparedText(compared, 40, 'barn');
    expect(of({ before: 43, now: 36, isOfAll: false, called: 36 })).toBe(
      'The model calls 36 of 40 new images barn; their amounts are compared with those in 43 images of the run.',
    );
    expect(of({ before: 43, now: 40, isOfAll: true, called: null })).toBe(
      'Amounts in 40 new images are compared with those in 43 images of the run.',
    );
    expect(of({ before: 43, now: 40, isOfAll: true, called: 0 })).toBe(
      'The model calls 0 of 40 new images barn, too few to compare, so all of them are compared with the 43 images of the run, whatever they are called: what drifts may be no more than that they are of other kinds.',
    );
  });

  it('say what is missing where too few images were there', () => {
    const options = { fewest: 5, className: 'house' };
    expect(fewForDrift({ before: 17, now: 2 }, options)).toBe(
      'Drift was not looked for: it takes 5 images that are called house on both sides; the run has 17, these are 2.',
    );
    expect(fewForDrift({ before: 17, now: 2 }, { ...options, className: null })).toContain(
      'takes 5 images on',
    );
  });
});
