import { describe, expect, it } from 'vitest';
import { bytesText, countOf, countText, listText } from '../../../core/wording/count-text.ts';
import { clockText, durationRangeText, durationText, rateText } from '../../../core/wording/duration-text.ts';
import { fileNameOf, withoutFolders } from '../../../core/wording/path-text.ts';
import { SCREEN_NAMES } from '../../../core/wording/screen-names.ts';
import { STAGE_ORDER, stageName } from '../../../core/wording/stage-names.ts';

describe('texts of counts', () => {
  it.each([
    [countText(1_234_567), '1,234,567'],
    [countOf(1, 'image'), '1 image'],
    [countOf(40, 'image'), '40 images'],
    [countOf(2000, 'class', 'classes'), '2,000 classes'],
    [listText([]), ''],
    [listText(['a']), 'a'],
    [listText(['a', 'b', 'c']), 'a, b and c'],
    [bytesText(999), '999 B'],
    [bytesText(4_200_000), '4.2 MB'],
  ])('%s', (got, want) => expect(got).toBe(want));
});

describe('texts of time', () => {
  it.each([
    [durationText(380), '380 ms'],
    [durationText(4210), '4.2 s'],
    [durationText(59_960), '1 min 00 s'],
    [durationText(185_000), '3 min 05 s'],
    [clockText(2.4), '0:02'],
    [clockText(3729), '1:02:09'],
    [durationRangeText(12, 25), '12 to 25 s'],
    [durationRangeText(100, 140), 'about 2 min'],
    [durationRangeText(3600, 9000), '1 to 2.5 h'],
    [rateText(3.21), '3.2/s'],
    [rateText(1240), '1,240/s'],
  ])('%s', (got, want) => expect(got).toBe(want));
});

describe('fileNameOf()', () => {
  it('takes the last part of a path of either system', () => {
    expect(['/a/b.jpg', 'C:\\a\\b.jpg', 'b.jpg', '/'].map(fileNameOf)).toEqual([
      'b.jpg',
      'b.jpg',
      'b.jpg',
      '/',
    ]);
  });
});

describe('withoutFolders()', () => {
  it.each([
    ['from the card /a b/c/card.json', 'from the card card.json'],
    [String.raw`D:\models\labels.txt`, 'labels.txt'],
    ['numbers and/or names', 'numbers and/or names'],
  ])('shortens %s', (text, want) => expect(withoutFolders(text)).toBe(want));
});

describe('names', () => {
  it('are there for every screen and stage, and a stage of another version keeps its own', () => {
    expect(Object.keys(SCREEN_NAMES)[0]).toBe('library');
    expect(STAGE_ORDER.map(stageName).every((name, i) => name !== STAGE_ORDER[i])).toBe(true);
    expect(stageName('bank')).toBe(stageName('concepts'));
    expect(stageName('maps-grad-cam')).toBe('Draw where each concept is (grad-cam)');
    expect([stageName('activations'), stageName('toString')]).toEqual(['activations', 'toString']);
  });
});
