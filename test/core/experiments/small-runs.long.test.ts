import { inFloat64 } from '@tessera/implicit';
import { describe, expect, it } from 'vitest';
import { experiments, renderFigure } from '../../../core/experiments/index.ts';
import type { ExperimentResult } from '../../../core/experiments/index.ts';

describe('experiments on small problems', () => {
  const runSmall = (name: string, scale: number): ExperimentResult =>
    inFloat64(() => experiments.find((one) => one.name === name)!.run({ seed: 5, scale, now: () => 0 }));

  it('distils pictures from which a classifier learns, and draws them', () => {
    const { rows, figures } = runSmall('distillation', 0.1);
    const [distilled, , all] = rows.map(([, , worst]) => worst as number);
    // One in three by chance.
    expect(distilled).toBeGreaterThan(0.85);
    expect(all).toBeGreaterThan(0.85);
    const [drawn] = figures;
    expect(drawn.kind === 'pictures' && drawn.rows.map((row) => row.pictures.length)).toEqual([3, 3, 3]);
    expect(renderFigure(drawn).match(/<rect [^>]*fill="rgb/g)).toHaveLength(9 * 64);
  });

  it('moves a dictionary by the labels, down the loss', () => {
    const { rows, figures } = runSmall('dictionary-learning', 0.1);
    expect(rows).toHaveLength(4);
    const chart = figures[1];
    const losses = chart.kind === 'chart' ? chart.series[0].points.map(([, loss]) => loss) : [];
    expect(losses.length).toBeGreaterThan(2);
    expect(losses.at(-1)!).toBeLessThan(losses[0]);
  });

  it('differentiates a packing as its re-relaxed neighbours say, and draws an arrow for each that moves', () => {
    const { rows, figures } = runSmall('molecular-dynamics', 0.1);
    expect(rows[0][4] as number).toBeLessThan(1e-4);
    expect(rows[0].at(-1)).toBe('2 of 2');
    const svg = renderFigure(figures[0]);
    expect(svg.match(/<circle/g)!.length).toBeGreaterThanOrEqual(24);
    expect(svg.match(/Z"\/>/g)!.length).toBeGreaterThan(10);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('measures implicit against unrolled gradients of the support vector machine', () => {
    const { rows, figures } = runSmall('svm-hyperparameters', 0.05);
    const [implicit, unrolled] = [5, 6].map((column) => rows.map((row) => row[column] as number));
    implicit.forEach((bytes, i) => expect(bytes).toBeLessThan(unrolled[i] / 2));
    expect(figures).toHaveLength(2);
  });

  it('chooses penalties that no point of the descent beats', () => {
    const { rows, figures } = runSmall('hyper-parameters', 0.1);
    for (const [, start, descent, best] of rows) {
      const [from, to, least] = [start, descent, best].map((cell) => parseFloat(cell as string));
      expect(to).toBeLessThan(from);
      expect(least).toBeLessThanOrEqual(to * 1.01);
    }
    const [chart] = figures;
    const falls = chart.kind === 'chart' ? chart.series.map(({ points }) => points) : [];
    for (const points of falls) expect(points.at(-1)![1]).toBeLessThan(points[0][1]);
  });
});
