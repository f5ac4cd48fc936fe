import type { Figure } from './experiment.ts';
import { renderLineChart } from './line-chart.ts';
import { renderPacking } from './packing-figure.ts';
import { renderPictureGrid } from './picture-grid.ts';

/** Draws a figure as a self-contained SVG document. */
export function renderFigure(figure: Figure): string {
  switch (figure.kind) {
    case 'chart':
      return renderLineChart(figure);
    case 'pictures':
      return renderPictureGrid(figure);
    case 'packing':
      return renderPacking(figure);
  }
}
