import { describe, expect, it } from 'vitest';
import type { ExplainedMistake } from '../../../core/concepts/explanation.ts';
import type { GivenImage } from '../../../core/project/predictions-file.ts';
import { renderReport } from '../../../core/report/render-html.ts';
import { reportDataOf } from '../../../core/report/report-data.ts';
import { noNotes, sampleExplanation, sampleProject, sampleRun } from './sample-report.ts';

const NAMES = ['house', 'boat', 'bird <b>'];
const PROJECT = { ...sampleProject, labels: { source: 'card.json', names: NAMES } };

const given = (folder: string, index: number, count: number): GivenImage[] =>
  Array.from({ length: count }, (_, i) => ({
    file: `/photos/${folder}/${index}-${i}.jpg`,
    index,
    probability: 0.9,
  }));

/** 8 of 10 right; two boats are called house. */
const GIVEN = [
  ...given('boat', 1, 6),
  ...given('boat', 0, 2),
  ...given('house', 0, 2),
  ...given('other', 2, 3),
];

const MISTAKE: ExplainedMistake = {
  file: '/photos/boat/0-0.jpg',
  truth: { index: 1, name: 'boat' },
  predicted: { index: 0, name: 'house', probability: 0.876 },
  margin: 2.345,
  causes: [
    { concept: 'c1', change: 3.1 },
    { concept: 'c0', change: -1.2 },
    { concept: 'c2', change: 0.01 },
  ],
};

const page = (
  mistakes: readonly ExplainedMistake[],
  further: Parameters<typeof reportDataOf>[5],
  notes = noNotes,
): string => {
  const explanation = { ...sampleExplanation({ concepts: 3 }), mistakes };
  return renderReport(reportDataOf(PROJECT, sampleRun(explanation), notes, {}, {}, further), ['mistakes']);
};
const textOf = (markup: string): string =>
  markup.replaceAll(/<style>[\s\S]*?<\/style>|<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe('mistakesSection()', () => {
  it('counts over all images that were given, and shows what is taken for what', () => {
    const text = textOf(page([], { given: GIVEN }));
    expect(text).toContain(
      'Of all 13 images that were given, 10 lie in a folder that names a class; 8 of them',
    );
    expect(text).toMatch(/80\.0.%/);
    expect(text).toMatch(/house\s+2\s+100.%\s+boat\s+2\s+6\s+75\.0.%/);
  });

  it('says of a mistake which concepts speak for it and which against', () => {
    const text = textOf(page([MISTAKE], { given: GIVEN, mistakePictures: {} }));
    expect(text).toMatch(/0-0\.jpg house 87\.6.% folder: boat , behind by 2\.3/);
    expect(text).toMatch(/for house waves 3\.1/);
    expect(text).toMatch(/for boat striped hull 1\.2/);
    expect(text).not.toContain('white sail');
    expect(text).toContain('The picture can no longer be read.');
  });

  it('leaves hidden concepts out', () => {
    const text = textOf(page([MISTAKE], { given: GIVEN }, { ...noNotes, hidden: ['c1'] }));
    expect(text).not.toContain('waves');
  });

  it('is absent where nothing is known of right and wrong', () => {
    expect(page([], {})).not.toContain('id="mistakes"');
    expect(page([], { given: given('other', 2, 3) })).not.toContain('id="mistakes"');
  });

  it('has no matrix where all are right, and escapes names', () => {
    const right = page([], { given: given('boat', 1, 3) });
    expect(right).not.toContain('<table class="confusion"');
    const named = page([{ ...MISTAKE, truth: { index: 2, name: NAMES[2] } }], { given: GIVEN });
    expect(named).toContain('bird &lt;b&gt;');
    expect(named).not.toContain('bird <b>');
  });
});
