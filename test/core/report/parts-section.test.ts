import { describe, expect, it } from 'vitest';
import type { Concept, Decomposition, Explanation } from '../../../core/concepts/explanation.ts';
import { renderReport } from '../../../core/report/render-html.ts';
import { reportDataOf } from '../../../core/report/report-data.ts';
import { shownParts } from '../../../core/report/sections/parts-section.ts';
import { noNotes, sampleExplanation, sampleProject, sampleRun } from './sample-report.ts';

const part = (id: string, name: string, mean: number): Concept => ({
  id,
  name,
  importance: { mean, low: mean - 0.02, high: mean + 0.03 },
  tier: 0,
  prevalence: 0.9,
  crops: [],
});

function decomposition(parent: string, parts: readonly Concept[]): Decomposition {
  return {
    parent,
    layer: {
      tensor: '/features/stage3/<relu>',
      shape: [1, 64, 16, 16],
      kind: 'spatial',
      channelAxis: 1,
      grid: [16, 16],
      computeShare: 0.5,
    },
    isChosen: true,
    images: [1, 4, 6, 9],
    factorization: { method: 'nmf', status: 'converged', iterations: 20, rows: 300 },
    reconstruction: { r2: 0.61, relativeError: 0.42 },
    reproduction: { r2: 0.87, relativeError: 0.2 },
    stability: 0.93,
    importance: { design: 'sobol', samples: 32, replicates: 2, evaluations: 768, method: 'sampled' },
    parts,
  };
}

/** The sample with its leading concept decomposed, and one of its parts again. */
function withTree(): Explanation {
  const explanation = sampleExplanation();
  const { id } = explanation.concepts[0];
  return {
    ...explanation,
    splits: [
      decomposition(id, [part(`${id}-1`, 'bow', 0.7), part(`${id}-0`, '<b>stern</b>', 0.2)]),
      decomposition(`${id}-1`, [part(`${id}-1-0`, 'rivets', 0.5)]),
    ],
  };
}

const pageOf = (explanation: Explanation, notes = noNotes): string =>
  renderReport(reportDataOf(sampleProject, sampleRun(explanation), notes, {}))
    .replaceAll(/[\u00a0\u202f]|&nbsp;/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('partsSection()', () => {
  it('is not there for a run without parts', () => {
    expect(pageOf(sampleExplanation())).not.toContain('What the concepts are made of');
  });

  it('shows the tree with importance, interval and how far the parts are to be believed', () => {
    const page = pageOf(withTree());
    expect(page).toContain('<a href="#parts">Parts of concepts</a>');
    expect(page).toContain('<bdi>bow</bdi></strong> 70.0 % <span class="quiet">68.0–73.0 %</span>');
    expect(page).toContain('rebuilt R² 0.61, error 42.0 % · comes back R² 0.87 · found again 0.93');
    expect(page.indexOf('rivets')).toBeGreaterThan(page.indexOf('<bdi>bow'));
    expect(page.indexOf('stern')).toBeGreaterThan(page.indexOf('rivets'));
    expect(page).not.toContain('<script');
  });

  it('draws the line to a part the thicker the more it matters', () => {
    const flows = [...pageOf(withTree()).matchAll(/--flow: ?([\d.]+)px/g)].map(([, width]) => Number(width));
    expect(flows).toHaveLength(3);
    const [bow, rivets, stern] = flows;
    expect(bow).toBeGreaterThan(rivets);
    expect(rivets).toBeGreaterThan(stern);
  });

  it('escapes names of parts and layers', () => {
    const page = pageOf(withTree());
    expect(page).not.toContain('<b>stern</b>');
    expect(page).toContain('&lt;b&gt;stern&lt;/b&gt;');
    expect(page).toContain('/features/stage3/&lt;relu&gt;');
  });

  it('uses the names that a person gave, and leaves out what is hidden or was put together again', () => {
    const { id } = sampleExplanation().concepts[0];
    expect(pageOf(withTree(), { ...noNotes, names: { [`${id}-1`]: 'prow' } })).toContain('<bdi>prow</bdi>');
    expect(pageOf(withTree(), { ...noNotes, hidden: [id] })).not.toContain('bow</bdi>');
    expect(pageOf(withTree(), { ...noNotes, joined: [`${id}-1`] })).not.toContain('rivets');
    expect(pageOf(withTree(), { ...noNotes, joined: [id] })).not.toContain('What the concepts are made of');
    const data = { explanation: withTree(), notes: { ...noNotes, joined: [`${id}-1`] } };
    expect(shownParts(data).map(({ concept }) => concept.name)).toEqual(['bow', '<b>stern</b>']);
  });
});
