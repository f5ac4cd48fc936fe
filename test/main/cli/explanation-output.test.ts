import { describe, expect, it } from 'vitest';
import { rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import type { Evaluation } from '../../../core/metrics/evaluation.ts';
import type { Project } from '../../../core/project/project-folder.ts';
import type { RunFile } from '../../../core/project/schema.ts';
import { renderReport } from '../../../core/report/render-html.ts';
import { reportDataOf } from '../../../core/report/report-data.ts';
import { explanationJson, explanationText } from '../../../main/cli/explanation-output.ts';
import {
  noNotes,
  sampleEvaluation,
  sampleExplanation,
  sampleProject,
  sampleRun,
} from '../../core/report/sample-report.ts';

const told = (explanation = sampleExplanation(), evaluation?: Evaluation, more: Partial<RunFile> = {}) =>
  explanationJson(
    {
      project: { folder: 'boats.tessera' } as Project,
      run: { ...sampleRun(explanation), ...more },
      resumed: false,
      ...(evaluation && { evaluation }),
    },
    'report.html',
  );
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('what explain prints', () => {
  it('has a row for what no concept explains, and how much the concepts carry', () => {
    const text = plain(explanationText(told()));
    expect(text).toMatch(/^What no concept explains {2,}5\.2 % {2,}4\.1–6\.6 %$/m);
    expect(text).toContain(
      'The 6 concepts carry 94.8 % (93.4–95.9 %) of the movement of the score in the images that they were made from.',
    );
  });

  it('tells what is carried where the concepts were not made, if that was looked at', () => {
    const heldOut = { images: 24, agreement: 1, rest: { mean: 0.08, low: 0.06, high: 0.1, images: 23 } };
    const text = plain(explanationText(told(sampleExplanation(), { ...sampleEvaluation(), heldOut })));
    const carried =
      'The 6 concepts carry 92.0 % (90.0–94.0 %) of the movement of the score in 24 images that had no part in making them';
    expect(text.split(carried)).toHaveLength(2);
  });

  it('has no interval over copies of an image, and one where all of each of several images is the same', () => {
    const own = sampleExplanation();
    const certain = own.concepts.map((concept) => ({ ...concept, importance: { mean: 1, low: 1, high: 1 } }));
    expect(told({ ...own, concepts: certain }).concepts[0].importance).toEqual({ mean: 1, low: 1, high: 1 });
    const copies = own.images.map((image) => ({ ...image, logit: 4 }));
    const alike = told({ ...own, images: copies });
    const { mean } = own.concepts[0].importance;
    expect(alike.concepts[0].importance).toEqual({ mean, low: null, high: null });
    expect(alike.rest).toMatchObject({ low: null, high: null });
    expect(plain(explanationText(alike))).toMatch(/^striped hull .* none /m);
  });

  it('says neither of a run in which it was not weighed, and no interval over one image', () => {
    const { rest, ...before } = sampleExplanation();
    expect(rest).toBeDefined();
    expect(explanationText(told(before))).not.toMatch(/no concept explains {2,}|of the movement/);
    const one = plain(explanationText(told(sampleExplanation({ images: 1 }))));
    expect(one).toMatch(/^What no concept explains {2,}5\.2 % {2,}none$/m);
    expect(one).toContain('The 6 concepts carry 94.8 % of the movement');
  });
});

describe('a layer or a number of concepts that nobody gave', () => {
  const point = { layer: 'relu_7', r: 6, bank: 'usual', active: 3, stability: 0.9 } as const;
  const rest = { mean: 0.05, low: 0.04, high: 0.06 };
  const frontier = {
    points: [
      { ...point, rest },
      { ...point, r: 10, rest },
    ],
    suggested: { layer: 'relu_7', r: 6, bank: 'usual' as const },
  };
  const run = sampleRun(sampleExplanation());

  it.each([
    [
      { comparison: { settled: ['layer', 'concepts', 'bank'], frontier } },
      'The layer, number of concepts and kind of concepts were chosen automatically, by comparing 2 choices',
    ],
    [{ comparison: { settled: ['layer'], frontier } }, 'The layer was chosen automatically, by comparing'],
    [
      { options: { ...run.options, concepts: 'auto' } },
      'The number of concepts was chosen automatically, by how much of unseen activations',
    ],
  ] as const)('is told in text, JSON and report: %j', (more, says) => {
    const facts = told(undefined, undefined, more);
    expect(explanationText(facts)).toContain(says);
    expect(facts.automatic).toEqual('comparison' in more ? more.comparison.settled : ['concepts']);
    expect(facts.comparison).toEqual('comparison' in more ? frontier : undefined);
    const report = renderReport(reportDataOf(sampleProject, { ...run, ...more }, noNotes, {}));
    expect(report).toContain(says);
    expect(report.includes('Which layer, and how many concepts?')).toBe('comparison' in more);
  });

  it('is not told where both were given', () => {
    expect(told()).toMatchObject({ automatic: [] });
    expect(explanationText(told())).not.toContain('automatically');
  });
});

describe('a refinement', () => {
  it('is told with whether it was kept, in text and report', () => {
    const explanation = sampleExplanation();
    const kept = { r2: 0.3, headR2: 0.5 };
    const refined = {
      ...{ before: kept, after: kept, images: 8, madeOn: 24, scores: 20, weight: 0, steps: 48 },
      ...{ refused: { r2: 0.3, headR2: 0.4 }, cosines: [1] },
    };
    const factorization = { ...explanation.factorization, refined };
    const says = 'The concepts were left as they were before refining: refined they keep 40.0 %';
    expect(plain(explanationText(told({ ...explanation, factorization })))).toContain(says);
    const run = sampleRun({ ...explanation, factorization });
    expect(plain(renderReport(reportDataOf(sampleProject, run, noNotes, {})))).toContain(says);
  });
});

describe('explain --json', () => {
  it('says of which concept and of which files what it rests on tells', () => {
    const explanation = sampleExplanation();
    const basis = { spread: 0.1, cosine: 0.9, importance: { low: 0.1, high: 0.2 } };
    const influence: Evaluation['influence'] = {
      status: 'solved',
      source: 'jackknife',
      nearDegenerate: 0,
      computedOn: 'cpu',
      rows: 100,
      concepts: explanation.concepts.map((_, row) => ({ ...basis, images: [{ image: row, share: 0.5 }] })),
    };
    const json = told(explanation, { ...sampleEvaluation(), influence });
    const { concepts } = json.evaluation!.influence!;
    expect(concepts.map(({ id }) => id).toSorted()).toEqual(json.concepts.map(({ id }) => id).toSorted());
    for (const { id, images } of concepts) {
      const image = rowOfId(id);
      expect(images).toEqual([{ image, share: 0.5, file: explanation.images[image].file }]);
    }
  });
});
