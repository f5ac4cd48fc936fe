import { describe, expect, it } from 'vitest';
import type { ExchangeName } from '../../../core/metrics/cues.ts';
import type { ExchangeCounts } from '../../../core/metrics/shortcuts.ts';
import { findCue, findPaintedCue, type CueLook } from '../../../core/pipeline/find-cues.ts';

const MOVES: ExchangeCounts = { pairs: 48, moved: 40, moving: 1, left: 40 };
const STILL: ExchangeCounts = { pairs: 48, moved: 2, moving: 2, left: 0 };

function looksOf(counts: Partial<Record<ExchangeName, ExchangeCounts>>) {
  const asked: ExchangeName[] = [];
  const look: CueLook = (name) => {
    asked.push(name);
    return Promise.resolve(counts[name]);
  };
  return { asked, look };
}
const seen = () => Promise.resolve(true);

describe('findCue()', () => {
  it('finds nothing where nothing moves, and then does not look at places', async () => {
    const { asked, look } = looksOf({});
    expect(await findCue(look, () => Promise.resolve(false))).toBeUndefined();
    expect(asked).toEqual(['colours', 'saturation', 'sharpness', 'grain', 'mark']);
  });

  it('names the corner rather than the edges that it lies on', async () => {
    const { look } = looksOf({ 'bottom-right': MOVES, bottom: MOVES, right: MOVES });
    expect(await findCue(look, seen)).toMatchObject({ name: 'bottom-right', form: 'corner' });
  });

  it('names the border where a strip of it does less', async () => {
    const { look } = looksOf({ border: MOVES, top: { ...MOVES, moved: 15, left: 20 } });
    expect(await findCue(look, seen)).toMatchObject({ name: 'border' });
  });

  it('takes for a background what upper and lower corners do alone', async () => {
    const around = { around: MOVES, above: MOVES, below: MOVES };
    expect(await findCue(looksOf(around).look, seen)).toMatchObject({ name: 'around', form: 'background' });
    // A large object reaches out of the middle, ground lies below alone.
    expect(await findCue(looksOf({ ...around, above: STILL }).look, seen)).toBeUndefined();
    expect(await findCue(looksOf({ around: MOVES }).look, seen)).toBeUndefined();
  });

  it('looks for a mark where nothing else is found, wherever it lies', async () => {
    const { look } = looksOf({ mark: MOVES });
    expect(await findCue(look, () => Promise.resolve(false))).toMatchObject({ name: 'mark', form: 'mark' });
    const both = looksOf({ mark: MOVES, border: MOVES });
    expect(await findCue(both.look, seen)).toMatchObject({ name: 'border' });
    expect(both.asked).not.toContain('mark');
  });

  it('finds a look of the whole picture without any place', async () => {
    const { look } = looksOf({ colours: MOVES });
    expect(await findCue(look, () => Promise.resolve(false))).toMatchObject({
      name: 'colours',
      isPainted: false,
    });
  });
});

describe('findPaintedCue()', () => {
  it('finds the one place whose painting over changes decisions', async () => {
    const all = Object.fromEntries(
      ['top-left', 'top-right', 'bottom-left', 'bottom-right'].map((name) => [name, STILL]),
    );
    const { look } = looksOf({ ...all, 'top-left': { pairs: 40, moved: 0, moving: 0, left: 30 } });
    expect(await findPaintedCue(look)).toMatchObject({ name: 'top-left', isPainted: true });
    expect(await findPaintedCue(looksOf(all).look)).toBeUndefined();
  });
});
