import { describe, expect, it } from 'vitest';
import type { ClaimEvidence } from '../../../core/metrics/claims.ts';
import type { PlacedConcept, Result } from './result.ts';
import { calibrationOf, graded, kindOf, rowsOf, shareText } from './tables.ts';

const share = { mean: 0.5, low: 0.4, high: 0.6 };
const ON_OBJECT: PlacedConcept = {
  id: 'c0',
  importance: share,
  tier: 0,
  onObject: 0.6,
  objectArea: 0.3,
  change: 0.1,
};
const BESIDE: PlacedConcept = { ...ON_OBJECT, onObject: 0.2 };
const CUE: PlacedConcept = { ...BESIDE, change: 0.8 };

/** What leads to each grade. */
const GOOD: ClaimEvidence = {
  isEvaluated: true,
  answers: { known: 130, hits: 128, aboveChance: 0.98 },
  rest: { mean: 0.02, low: 0.01, high: 0.03 },
  agreement: 1,
  scores: Array.from({ length: 26 }, (_, i) => i),
  still: 0,
  isProbability: false,
  isAtScores: false,
  concepts: 10,
  tiers: 4,
  order: 1,
  stability: 0.95,
  sanity: 0.1,
};
const FAIR: ClaimEvidence = { ...GOOD, agreement: 0.9 };
const WEAK: ClaimEvidence = { ...GOOD, answers: { known: 130, hits: 26, aboveChance: 0 } };

function result(facts: Partial<Result>, run: Partial<NonNullable<Result['run']>> = {}): Result {
  return {
    model: 'm',
    family: 'f',
    architecture: 'a',
    kind: 'none',
    class: 'beetle',
    isPlanted: false,
    accuracy: 98,
    bareAccuracy: 98,
    run: { images: 26, evidence: GOOD, concepts: [ON_OBJECT], seconds: 1, ...run },
    ...facts,
  };
}
const planted = { kind: 'shortcut', cue: 'dusk', isPlanted: true } as const;

describe('what is counted of planted models', () => {
  it('calls an explanation sound whose leading concept is the cue where there is one, and the object elsewhere', () => {
    const { goodIsRight } = calibrationOf([
      result({}),
      result({}, { concepts: [CUE] }),
      result({}, { concepts: [BESIDE, { ...ON_OBJECT, tier: 1 }] }),
      result({ architecture: 'one attention block' }, { concepts: [BESIDE] }),
      result({ ...planted, isPlanted: false }, { concepts: [BESIDE] }),
      result(planted, { concepts: [CUE] }),
      result(planted, { concepts: [ON_OBJECT, { ...CUE, tier: 1 }] }),
      result(planted, { concepts: [ON_OBJECT, CUE] }),
      result(planted, {
        concepts: [ON_OBJECT],
        flags: [{ class: 'beetle', concept: 'c0', kinds: ['flips'] }],
      }),
    ]);
    expect(goodIsRight).toEqual({ hits: 6, of: 9 });
  });

  it('never calls sound what a model says that is not worth explaining', () => {
    const counts = calibrationOf([
      result({ kind: 'untrained' }),
      result({ kind: 'memorised-on-noise' }, { evidence: WEAK }),
      result({ kind: 'label-noise', accuracy: 40 }, { evidence: FAIR }),
      result({ kind: 'label-noise', accuracy: 90 }),
    ]);
    expect(counts.goodIsRight).toEqual({ hits: 1, of: 2 });
    expect(counts.worthlessNotGood).toEqual({ hits: 2, of: 3 });
  });

  it('counts sound explanations that are damned, and cues that lead', () => {
    const counts = calibrationOf([
      result(planted, { evidence: WEAK, concepts: [CUE] }),
      result(planted, { evidence: FAIR, concepts: [ON_OBJECT] }),
      result({}),
    ]);
    expect(counts.soundNotWeak).toEqual({ hits: 1, of: 2 });
    expect(counts.cueLeads).toEqual({ hits: 1, of: 2 });
  });

  it('counts flags by class, and says nothing of them where none were looked for', () => {
    const flag = { class: 'beetle', concept: 'c0', kinds: ['flips'] };
    const counts = calibrationOf([
      result(planted, { flags: [flag] }),
      result(planted, { flags: [] }),
      result({}, { flags: [flag, flag] }),
      result({}, { flags: [] }),
      result(planted),
    ]);
    expect(counts.flagPrecision).toEqual({ hits: 1, of: 2 });
    expect(counts.flagRecall).toEqual({ hits: 1, of: 2 });
    expect(calibrationOf([result(planted)])).not.toHaveProperty('flagRecall');
  });

  it('leaves out of the counts what could not be explained, but not out of the table', () => {
    const problem = { ...result(planted), run: undefined, problem: 'no picture' } as unknown as Result;
    expect(calibrationOf([problem]).cueLeads).toEqual({ hits: 0, of: 0 });
    expect(rowsOf([problem]).join('\n')).toMatch(/shortcut: dusk +1 +0 +0 +0 +0 +1 +0/);
  });

  it('grades by the bounds as they stand', () => {
    expect([GOOD, FAIR, WEAK].map((evidence) => graded(result({}, { evidence }))?.grade)).toEqual([
      'good',
      'fair',
      'weak',
    ]);
  });

  it('tells kinds of fault apart by class and by what is left of the accuracy', () => {
    expect(kindOf(result(planted))).toBe('shortcut: dusk');
    expect(kindOf(result({ kind: 'shortcut', cue: 'dusk' }))).toBe('shortcut, other class');
    expect(kindOf(result({ kind: 'label-noise', accuracy: 40 }))).toBe('label noise, beyond use');
    expect(kindOf(result({ kind: 'label-noise' }))).toBe('label noise, learned');
  });

  it('prints shares with their counts, and names what to look at', () => {
    expect(shareText({ hits: 12, of: 13 })).toBe('12 of 13 (92 %)');
    expect(shareText({ hits: 0, of: 0 })).toBe('none looked at');
    const text = rowsOf([result(planted, { concepts: [ON_OBJECT, { ...CUE, tier: 1 }] })]).join('\n');
    expect(text).toContain(
      'm beetle (shortcut: dusk): good, but not sound; the cue does not lead, it is concept 2 (0.50)',
    );
    expect(text).toContain('shortcuts that are flagged:             not looked at');
  });
});
