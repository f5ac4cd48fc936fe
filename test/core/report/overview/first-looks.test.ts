import { describe, expect, it } from 'vitest';
import {
  firstLooks,
  groupedLooks,
  lookInWords,
  membersText,
} from '../../../../core/report/overview/first-looks.ts';
import type { ModelOverview } from '../../../../core/report/overview/overview-data.ts';
import { sampleOverview } from './sample-overview.ts';

const base = sampleOverview(4, 3);
const withClass = (at: number, changes: Partial<ModelOverview['classes'][number]>): ModelOverview => ({
  ...base,
  classes: base.classes.map((one, place) => (place === at ? { ...one, ...changes } : one)),
});

describe('firstLooks()', () => {
  it('finds nothing where nothing stands out', () => expect(firstLooks(base)).toEqual([]));

  it('names a class only where its interval lies below what all reach', () => {
    const wide = withClass(1, { right: { value: 0.8, low: 0.6, high: 0.96, images: 20 } });
    expect(firstLooks(wide)).toEqual([]);
    const surely = withClass(1, { right: { value: 0.6, low: 0.4, high: 0.78, images: 20 } });
    expect(firstLooks(surely)).toEqual([
      { kind: 'mistakes', class: 1, share: 0.6, images: 20, isExplained: true },
    ]);
  });

  it('names a class that is not explained too, and says so', () => {
    const right = { value: 0, low: 0, high: 0.1, images: 40 };
    const [look] = firstLooks({ ...base, unexplained: [{ index: 3, right }] });
    expect(lookInWords([look], base).text).toContain('It is not explained.');
    const pair = {
      truth: 3,
      predicted: 1,
      count: 20,
      images: 40,
      share: { value: 0.5, low: 0.4, high: 0.6 },
    };
    const [confusion] = firstLooks({ ...base, confused: [pair] });
    expect(lookInWords([confusion], base).text).toBe('20 of 40 images. One of them is not explained.');
  });

  it('leaves out confusions that may be chance', () => {
    const pair = {
      truth: 0,
      predicted: 1,
      images: 20,
      share: { value: 0.1, low: 0, high: 0.3 },
      shared: ['c1'],
    };
    expect(firstLooks({ ...base, confused: [{ ...pair, count: 2 }] })).toEqual([]);
    expect(firstLooks({ ...base, confused: [{ ...pair, count: 3, images: 100 }] })).toEqual([]);
    const [look] = firstLooks({ ...base, confused: [{ ...pair, count: 4 }] });
    expect(lookInWords([look], base)).toEqual({
      title: '“kind 0” is called “kind 1”',
      text: '4 of 20 images. “Concept 2” matters to both.',
      members: [],
    });
  });

  it('puts shortcuts first, those that turn most decisions before the others, and what is weak or unexplained last', () => {
    const shortcut = (flips: number) =>
      ({ conceptId: 'c0', leans: 'leans on the border', shortcut: { flips } }) as never;
    const overview: ModelOverview = {
      ...base,
      classes: [
        { ...base.classes[0], shortcuts: [shortcut(0.1)] },
        { ...base.classes[1], shortcuts: [shortcut(0.7)] },
        { ...base.classes[2], grade: 'weak' },
        { ...base.classes[3], rest: { mean: 0.3, low: 0.2, high: 0.4 } },
      ],
    };
    const looks = firstLooks(overview);
    expect(looks.map((look) => [look.kind, 'class' in look && look.class])).toEqual([
      ['shortcut', 1],
      ['shortcut', 0],
      ['weak', 2],
      ['rest', 3],
    ]);
    expect(lookInWords([looks[2]], overview).text).toBe('A claim that decides how far to trust it is weak.');
    expect(lookInWords([looks[3]], overview).text).toMatch(/^30\.0.% of the movement of its score/);
  });
});

describe('groupedLooks()', () => {
  const shortcut = (of: number, leans: string, flips: number, concept = 'c0') =>
    ({ kind: 'shortcut', class: of, concept, leans, flips }) as const;

  it('says once what holds for several classes, the gravest first, each class once', () => {
    const border = 'leans on the border';
    const groups = groupedLooks([
      shortcut(2, border, 1),
      shortcut(0, 'leans on a small mark', 0.9),
      shortcut(1, border, 0.5),
      shortcut(2, border, 0.2, 'c1'),
    ]);
    expect(groups.map((group) => group.map((look) => 'class' in look && look.class))).toEqual([[2, 1], [0]]);
    const { title, text, members } = lookInWords(groups[0], base);
    expect(title).toBe('2 classes lean on the border');
    expect(text).toBe('Decisions for the class that change without it:');
    expect(membersText(members, 2)).toBe('“kind 2” (100\u00a0%) and “kind 1” (50.0\u00a0%)');
    expect(membersText(members, 1)).toBe('“kind 2” (100\u00a0%) and 1 more');
    expect(lookInWords(groups[1], base)).toMatchObject({
      title: '“kind 0” leans on a small mark',
      members: [],
    });
  });

  it('keeps the figures of each class, and whether it is explained', () => {
    const mistakes = { kind: 'mistakes', images: 20, isExplained: true } as const;
    const [group] = groupedLooks([
      { ...mistakes, class: 1, share: 0.25, isExplained: false },
      { ...mistakes, class: 0, share: 0.6 },
    ]);
    const { title, members } = lookInWords(group, base);
    expect(title).toBe('2 classes are right less often than the others');
    expect(members.map(({ figure }) => figure)).toEqual([
      '25.0\u00a0% of 20, not explained',
      '60.0\u00a0% of 20',
    ]);
    const [rest] = groupedLooks([
      { kind: 'rest', class: 0, rest: 0.3 },
      { kind: 'rest', class: 1, rest: 0.2 },
    ]);
    expect(membersText(lookInWords(rest, base).members, 5)).toBe(
      '“kind 0” (30.0\u00a0%) and “kind 1” (20.0\u00a0%)',
    );
  });

  it('groups weak explanations, and no pairs of classes', () => {
    const weak = (of: number, headline: string) => ({ kind: 'weak', class: of, headline }) as const;
    const pair = { kind: 'confusion', predicted: 3, count: 5, images: 20 } as const;
    const groups = groupedLooks([
      { ...pair, truth: 0 },
      { ...pair, truth: 1 },
      weak(0, 'Chance'),
      weak(2, 'Chance; the model leans on the border'),
    ]);
    expect(groups.map(({ length }) => length)).toEqual([1, 1, 2]);
    const { title, text, members } = lookInWords(groups[2], base);
    expect(`${title}. ${text} ${membersText(members, 5)}`).toBe(
      '2 classes: the explanation does not hold up. A claim that decides how far to trust it is weak: “kind 0” and “kind 2”',
    );
  });
});
