import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import type { RunFile } from '../../../core/project/schema.ts';
import { renderReport } from '../../../core/report/render-html.ts';
import { reportDataOf } from '../../../core/report/report-data.ts';
import type { ReportData } from '../../../core/report/report-data.ts';
import { leadSentences } from '../../../core/report/sections/summary-section.ts';
import {
  FOUR_METHODS,
  noNotes,
  sampleEvaluation,
  sampleExplanation,
  sampleProject,
  sampleReport,
  sampleRun,
} from './sample-report.ts';

const HOSTILE = '<img src=x onerror=alert(1)>.jpg';
const spaces = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const withoutPictures = (explanation: Explanation, notes = noNotes): ReportData =>
  reportDataOf(sampleProject, sampleRun(explanation), notes, {});

describe('reportDataOf()', () => {
  it('applies the names that a person gave', () => {
    const data = withoutPictures(sampleExplanation(), { ...noNotes, names: { c1: 'sea' } });
    expect(data.explanation.concepts.map(({ name }) => name).slice(0, 3)).toEqual([
      'striped hull',
      'sea',
      'white sail',
    ]);
  });

  it('refuses a run that has not finished', () => {
    const unfinished = JSON.parse(
      JSON.stringify({ ...sampleRun(sampleExplanation()), explanation: undefined }),
    ) as RunFile;
    expect(() => reportDataOf(sampleProject, unfinished, noNotes, {})).toThrow(
      'run1 has not finished; there is nothing to report.',
    );
  });
});

describe('leadSentences()', () => {
  it('names no reason where no concept can be told from another, and says which one is flagged', () => {
    const explanation = sampleExplanation();
    const tied = explanation.concepts.map((concept) => ({ ...concept, tier: 0 }));
    expect(leadSentences({ explanation: { ...explanation, concepts: tied } })).toMatch(
      /^The model calls these 40 images “boat”\. Which of the 6 concepts the score of boat depends on most cannot be told\. All 6/,
    );
    const found = [
      { concept: 'c0', carried: 0.8, cue: 'left', isPainted: false, kinds: [], evidence: [], flips: 1 },
    ] as const;
    expect(
      leadSentences({ explanation: { ...explanation, shortcuts: { images: 40, others: 48, found } } }),
    ).toContain(
      '“striped hull” is flagged as a shortcut: through it the model leans on the strip along the left edge.',
    );
  });

  it('claims no reason where no concept moves the score', () => {
    const { importance, concepts, ...own } = sampleExplanation();
    const still = concepts.map((concept) => ({
      ...concept,
      tier: 0,
      importance: { mean: 0, low: 0, high: 0 },
    }));
    const text = leadSentences({
      explanation: { ...own, concepts: still, importance: { ...importance, still: own.images.length } },
    });
    expect(text).toMatch(
      /^The model calls these 40 images “boat”\. Nothing that the concepts do moves its score/,
    );
    expect(text).not.toMatch(/because|reasons, most|involved in/);
  });

  it('names the one leading concept with its share and interval', () => {
    const explanation = sampleExplanation();
    expect(spaces(leadSentences({ explanation }))).toBe(
      'The model calls these 40 images “boat” for several reasons, most of all “striped hull”. When concepts are turned up and down at random, 44.0 % of the movement of the score involves it (95 % interval 39.3–48.7 %). All 6 concepts together carry 94.8 % of it (93.4–95.9 %) in the images that they were made from.',
    );
    const rest = { mean: 0.08, low: 0.06, high: 0.1, images: 20 };
    const evaluation = { ...sampleEvaluation(), heldOut: { images: 20, agreement: 1, rest } };
    expect(spaces(leadSentences({ explanation, evaluation }))).toContain(
      'All 6 concepts together carry 92.0 % of it (90.0–94.0 %) in images that had no part in making them.',
    );
  });

  it('calls no reason what holds the answer down, and says which way a number is moved', () => {
    const { concepts, ...rest } = sampleExplanation();
    const leadBy = (effect: number, changes: object = {}) => {
      const [first, ...others] = concepts;
      const explanation = { ...rest, concepts: [{ ...first, effect }, ...others], ...changes };
      return spaces(leadSentences({ explanation }));
    };
    expect(leadBy(2)).toContain('“boat” for several reasons, most of all “striped hull”.');
    expect(leadBy(-2)).toContain(
      'The score of boat leans on several things, most on “striped hull”, which lowers it.',
    );
    const model = { output: 'age', task: 'regression', activation: 'none', classes: [], width: 1 } as const;
    const lower = { model: { ...model, quantity: 'age' }, explained: { kind: 'side', side: 0 }, at: 30 };
    // The score of the lower side is minus the age: what lifts that, lowers the age.
    expect(leadBy(2, { score: lower })).toContain(
      'The age of these 40 images leans on several things, most on “striped hull”, which lowers it.',
    );
  });

  it('does not pick a winner among tied concepts, and counts the images that are called so', () => {
    const { concepts, images, ...rest } = sampleExplanation();
    const explanation = {
      ...rest,
      concepts: concepts.map((concept, rank) => ({ ...concept, tier: rank < 2 ? 0 : 1 })),
      images: images.map((image, i) =>
        i < 5 ? { ...image, predicted: { ...image.predicted, index: 0 } } : image,
      ),
    };
    const text = leadSentences({ explanation });
    expect(spaces(text)).toBe(
      'The model calls 35 of these 40 images “boat”. The score of boat depends mostly on “striped hull” and “waves”. When concepts are turned up and down at random, each of them is involved in 29.0 % to 44.0 % of the movement of the score; which of them matters most cannot be told. All 6 concepts together carry 94.8 % of it (93.4–95.9 %) in the images that they were made from.',
    );
  });
});

describe('renderReport()', () => {
  it('says for each concept how many images are decided otherwise without it, where the run has looked', () => {
    const explanation = sampleExplanation({ concepts: 3, images: 8 });
    const sail = { index: 2, name: 'lake' };
    const removals = [
      {
        concept: 'c0',
        flips: [0, 1, 2].map((image) => ({ image, to: image < 2 ? sail : { index: 3, name: 'car' } })),
      },
      { concept: 'c1', flips: [] },
      { concept: 'c2', flips: [{ image: 4, to: sail }] },
    ];
    const page = spaces(
      renderReport(withoutPictures({ ...explanation, removals }, { ...noNotes, hidden: ['c2'] })),
    );
    const section = /<section id="removal">[^]*?<\/section>/.exec(page)![0].replaceAll(/<[^>]*>|\s+/g, ' ');
    expect(section).toMatch(/striped hull\s+3 of 8\s+37\.5 %\s+lake 2, car 1/);
    expect(section).toContain('Without the other concept, no decision changes.');
    expect(section).not.toContain('white sail');
    expect(page).toContain('href="#removal"');
    expect(renderReport(withoutPictures(explanation))).not.toContain('#removal');
  });

  it('says how the preprocessing came about, or that this was not recorded', () => {
    const explanation = sampleExplanation({ concepts: 2, images: 6 });
    const preparedIn = (page: string) => /<p id="prepared">([^<]*)</.exec(page)?.[1];
    const guess = { source: 'default', reason: 'nothing tells it' };
    expect(preparedIn(renderReport(withoutPictures({ ...explanation, preprocessing: guess })))).toBe(
      'The preprocessing is a guess: nothing tells it.',
    );
    expect(preparedIn(renderReport(withoutPictures(explanation)))).toBe(
      'How the preprocessing came about was not recorded.',
    );
  });

  it('asks nothing of the network and carries no script', async () => {
    const page = renderReport(await sampleReport({ concepts: 2, images: 6 }));
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|javascript:|\son\w+="|@import|url\(|<link|<iframe|<object|<base/i);
    expect(
      [...page.matchAll(/\s(?:src|href|srcset|action|data)="([^"]{0,5})/g)].map((match) => match[1]),
    ).toSatisfy(
      (addresses: string[]) =>
        addresses.length > 10 && addresses.every((a) => a === 'data:' || a.startsWith('#')),
    );
    expect(page).toContain(
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'".replaceAll("'", '&#39;'),
    );
  });

  it('tells several methods apart: what each draws, its scale, and where its places are doubtful', async () => {
    const page = spaces(
      renderReport(await sampleReport({ concepts: 2, images: 6, maps: FOUR_METHODS })),
    ).replaceAll(/\s+/g, ' ');
    const titles = ['Gated gradient', 'Gradient × input', 'Grad-CAM', 'Upsampled coefficients'];
    expect([...page.matchAll(/<dt>([^<]*)<\/dt> <dd>([^<]*)/g)].map((match) => match[1])).toEqual(
      expect.arrayContaining(titles),
    );
    const [legends] = page.split('<div class="legends">').slice(1);
    expect(legends).toContain('One scale for each method');
    expect([...legends.matchAll(/<span class="by">([^<]*)/g)].slice(0, 4).map((match) => match[1])).toEqual(
      titles,
    );
    expect(page).toContain('style="--columns:5"');
    expect(page).toContain(
      'gated-gradient; gradient-input; grad-cam at stage3; upsampled-coefficients; 3.2 % of the positions close to where a concept comes or goes',
    );
  });

  it('refuses a picture that is not a data URL', () => {
    const data = withoutPictures(sampleExplanation());
    const crops = [{ src: 'https://example.org/x.jpg', image: 0, coefficient: 1 }];
    const pictures = { c0: { crops, examples: [], mapMaximum: 1 } };
    expect(() => renderReport({ ...data, pictures })).toThrow('internal: a picture must be a data URL');
  });

  it('escapes every string that comes from outside', () => {
    const hostile = '"\'><svg onload=alert(1)>&`';
    const poisoned = JSON.parse(
      JSON.stringify(withoutPictures(sampleExplanation())),
      (key, value: unknown) => {
        const kept = ['created', 'grade', 'method', 'status', 'kind', 'id'];
        return typeof value === 'string' && !kept.includes(key) ? `${value}${hostile}` : value;
      },
    ) as ReportData;
    const page = renderReport(poisoned);
    expect(page.match(/&lt;svg onload=alert\(1\)&gt;/g)!.length).toBeGreaterThan(40);
    expect(page).not.toMatch(/<svg onload/);
    const text = page.replace(/<style>.*<\/style>/s, '').replaceAll(/<[a-z!/][^<>]*>/gi, '');
    expect(text).not.toMatch(/[<>]/);
  });

  it('closes every element that it opens', async () => {
    const page = renderReport(await sampleReport({ concepts: 3, images: 6, fileOf: () => HOSTILE }));
    expect(unclosed(page)).toEqual([]);
  });

  it('shows each importance with its interval', () => {
    const explanation = sampleExplanation();
    const page = spaces(renderReport(withoutPictures(explanation)));
    for (const interval of [
      '39.3–48.7 %',
      '25.5–32.6 %',
      '22.0–28.4 %',
      '10.4–14.9 %',
      '6.5–10.2 %',
      '3.9–7.2 %',
    ])
      expect(page.split(interval).length - 1).toBeGreaterThanOrEqual(2);
  });

  it('folds concepts on which next to nothing depends, but for what somebody remarked on', () => {
    const { concepts, ...own } = sampleExplanation();
    const many = Array.from({ length: 64 }, (_, i) => ({
      ...concepts[i % concepts.length],
      id: `c${i}`,
      importance: i < 3 ? concepts[i].importance : { mean: 0.002, low: 0.001, high: 0.003 },
    }));
    const page = renderReport(
      withoutPictures({ ...own, concepts: many }, { ...noNotes, comments: { c9: 'a leaf' } }),
    );
    const [open, folded] = page.slice(page.indexOf('id="concepts"')).split('<details class="minor">');
    expect(open.match(/<article/g)).toHaveLength(4);
    expect(open).toContain('a leaf');
    expect(folded.slice(0, folded.indexOf('</details>')).match(/<article/g)).toHaveLength(60);
    expect(folded).toMatch(/60 concepts with less than\s+1\u00a0% of the movement/);
  });

  it('draws one bracket around the tied concepts', () => {
    const page = renderReport(withoutPictures(sampleExplanation()));
    expect([...page.matchAll(/class="ties tied" rowspan="(\d)"/g)].map((match) => match[1])).toEqual(['3']);
  });

  it('places bar and whisker where the numbers are', () => {
    const explanation = sampleExplanation({ concepts: 1 });
    const concepts = [{ ...explanation.concepts[0], importance: { mean: 0.5, low: 0.25, high: 1 } }];
    const page = renderReport(withoutPictures({ ...explanation, concepts }));
    expect(page).toMatch(/class="bar"\s+x="0%"\s+y="8"\s+width="50%"/);
    expect(page).toMatch(/class="whisker"\s+x1="25%"\s+y1="14"\s+x2="100%"/);
  });

  it('leaves hidden concepts out of the galleries but not out of the ranking', () => {
    const page = renderReport(withoutPictures(sampleExplanation(), { ...noNotes, hidden: ['c2'] }));
    expect(page).not.toContain('id="c2"');
    expect(page).toContain('white sail');
    expect(page).toContain('1 concept hidden by the analyst');
  });

  it('prints the chosen sections only, under a heading all the same', () => {
    const data = withoutPictures(sampleExplanation());
    const page = renderReport(data, ['honesty', 'data']);
    const printed = [...page.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id);
    expect(printed).toEqual(['honesty', 'data']);
    expect([...page.matchAll(/href="#(\w+)"/g)].map(([, id]) => id)).toEqual(['honesty', 'data']);
    expect(page).toMatch(/<h1>\s*What the model looks at when it says boat/);
    expect(renderReport(data)).toContain('<section id="ranking"');
  });

  it('lists the files that could not be read, with the reasons', () => {
    const page = renderReport(withoutPictures(sampleExplanation()));
    expect(page).toContain('2 files could not be read and are left out');
    expect(page).toContain('corrupt JPEG: premature end of data');
    expect(renderReport(withoutPictures({ ...sampleExplanation(), skipped: [] }))).toContain(
      'Every file could be read.',
    );
  });

  it('copes with no images, no concepts and figures that are not numbers', () => {
    const nothing = { ...sampleExplanation(), images: [], concepts: [], skipped: [] };
    const page = renderReport(
      withoutPictures({ ...nothing, reconstruction: { r2: NaN, relativeError: NaN, agreement: NaN } }),
    );
    expect(page).toContain('No explanation of “boat” was found.');
    expect(page).toContain('not defined');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('stays far below 15 MB for 25 concepts', async () => {
    const page = renderReport(await sampleReport({ concepts: 25, images: 30 }));
    expect(page.length).toBeLessThan(15e6);
    expect(page.match(/class="concept"/g)).toHaveLength(25);
  });
});

/** Elements that are opened and not closed in order; void elements do not count. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const [, closing, name, selfClosing] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^<>]*?(\/?)>/gi)) {
    if (selfClosing === '/') continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) return [...open, `/${name}`];
  }
  return open;
}
