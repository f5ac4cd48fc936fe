import { describe, expect, it } from 'vitest';
import { comparisonLead } from '../../../core/report/comparison/comparison-lead.ts';
import { renderComparison } from '../../../core/report/comparison/comparison-page.ts';
import { sampleRun } from '../comparison/sample-runs.ts';
import { A, AMOUNTS, B, pageOf } from './sample-comparison.ts';

describe('comparisonLead()', () => {
  it('says what is the same, what is missing, what moved most, and how many decisions changed', () => {
    expect(comparisonLead(pageOf(A, B)).replaceAll('\u00a0', ' ')).toBe(
      'Of 3 concepts in A and 2 in B, 2 are the same. Only A has “stamp” (importance 60.0 %). ' +
        'The importance of “wall” of A changed most: it rises from 20.0 % to 70.0 %, by +50.0 (+50.0 to +50.0) points. ' +
        'Of 20 images that both were given, the models say the same of 19 and differ in 1.',
    );
  });

  it('says of a run and itself that nothing differs', () => {
    const page = pageOf(A, A);
    expect(comparisonLead({ ...page, b: page.a })).toBe(
      'A and B are the same run. Of 3 concepts in A and 3 in B, 3 are the same. ' +
        'No difference in importance is larger than other images of the same kind would make it. ' +
        'The models say the same of all 20 images that both were given.',
    );
  });

  it('says of two runs that ask the same of one model that nothing of what differs is the model’s', () => {
    const again = { ...A, indices: A.indices.map((own) => own.map((value) => value * 0.8)) };
    expect(comparisonLead(pageOf(A, again))).toMatch(/^Both runs ask the same of the same model/);
    expect(comparisonLead(pageOf(A, { ...again, layer: 'other' }))).toMatch(/^Of 3 concepts/);
    expect(comparisonLead(pageOf(A, { ...again, images: again.images.slice(1) }))).toMatch(/^Of 3 concepts/);
  });

  it('does not say of two that are alike that the importance of one changed, and names both classes', () => {
    const page = pageOf(A, B);
    const alike = page.comparison.matches.map((match) => ({ ...match, status: 'changed' as const }));
    const explanation = { ...page.b.explanation, className: 'barn' };
    const lead = comparisonLead({
      ...page,
      b: { ...page.b, explanation },
      comparison: { ...page.comparison, matches: alike },
    }).replaceAll('\u00a0', ' ');
    expect(lead).toContain(
      'Of those that are alike importance differs most between “wall” of A (20.0 %) and “stone” of B (70.0 %), which may be two concepts.',
    );
    expect(lead).toMatch(/^A explains “.*” and B “barn”: importance is that for the answer of each\. Of 3/);
  });

  it('does not call a change what reads as none', () => {
    const hardly = { ...A, indices: A.indices.map((own) => own.map((value) => value + 0.0004)) };
    expect(comparisonLead(pageOf(A, hardly))).toContain('No difference in importance reaches 0.1 points.');
  });

  it('says that nothing can be said where nothing tells which concepts are the same', () => {
    const other = sampleRun({ amounts: AMOUNTS, importance: [0.6, 0.2, 0.1], firstImage: 90, layer: 'conv' });
    const page = pageOf(A, other);
    expect(comparisonLead(page)).toMatch(/^Nothing tells which concepts are the same: [^.]+\.$/);
    const html = renderComparison(page);
    expect(html).not.toContain('id="lone"');
    expect(html).toContain('The runs were not given the same images.');
  });
});

describe('renderComparison()', () => {
  const html = renderComparison(pageOf(A, B));

  it('opens with the paragraph and shows both sides of a match, what one has alone, and what changed', () => {
    expect(html).toContain(comparisonLead(pageOf(A, B)).slice(0, 60));
    const order = ['class="lead"', 'id="matches"', 'id="lone"', 'id="changed"', 'id="data"'];
    const places = order.map((mark) => html.indexOf(mark));
    expect(places).toEqual([...places].sort((x, y) => x - y));
    expect(places[0]).toBeGreaterThan(0);
    expect(html.match(/class="concept match same"/g)).toHaveLength(2);
    expect(html.slice(places[2], places[3])).toContain('stamp');
    expect(html.slice(places[3], places[4])).toContain('0.jpg');
  });

  it('asks nothing of the network and lets no name become markup', () => {
    expect(html).not.toMatch(/<script|https?:/);
    expect(html).not.toContain('<b>roof</b>');
    expect(html).toContain('&lt;b&gt;roof&lt;/b&gt;');
    expect(html).toContain('old &amp; new.onnx');
  });
});
