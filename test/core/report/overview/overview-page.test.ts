import { describe, expect, it } from 'vitest';
import { renderOverview } from '../../../../core/report/overview/overview-page.ts';
import { sampleOverview } from './sample-overview.ts';

/** The page with a crop of about 4 kB, as one of 96 pixels takes, six of each concept. */
function pageOf(classes: number, concepts: number, name?: string): string {
  const overview = sampleOverview(classes, concepts, name);
  const crop = `data:image/jpeg;base64,${'A'.repeat(5500)}`;
  const crops = Object.fromEntries(
    overview.concepts.map(({ id }) => [id, Array.from({ length: 4 }, () => crop)]),
  );
  return renderOverview({ overview, model: '/models/net.onnx', sha256: 'abc', crops, lost: 0 });
}

describe('renderOverview()', () => {
  it('names nothing as markup', () => {
    const page = pageOf(3, 2, '<img src=x onerror=alert(1)>');
    expect(page).not.toContain('<img src=x');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; 0');
  });

  it('has a table of numbers for few classes, and a drawing for many', () => {
    expect(pageOf(8, 5)).toContain('<table class="matrix">');
    const many = pageOf(100, 40);
    expect(many).not.toContain('<table class="matrix">');
    expect(many.match(/<rect\b/g)).toHaveLength(100);
    // Two bands of it fit a page of paper; each names the concepts.
    const heights = [...many.matchAll(/class="matrix-drawing"[^>]*? height="(\d+)"/g)].map(([, own]) =>
      Number(own),
    );
    expect(heights).toHaveLength(4);
    expect(Math.max(...heights)).toBeLessThan(470);
    expect(many.match(/transform="rotate\(-90 /g)).toHaveLength(160);
  });

  it('remains below 15 MB with a thousand classes and 128 concepts', () => {
    expect(Buffer.byteLength(pageOf(1000, 128))).toBeLessThan(15e6);
  });
});
