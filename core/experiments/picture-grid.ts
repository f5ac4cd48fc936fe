import { text } from './line-chart.ts';

/** Rows of small grey pictures under one title. */
export interface PictureGrid {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly rows: readonly PictureRow[];
}

/** A row of pictures with its name; each picture has its own grey scale, from its smallest value (white) to its largest. */
export interface PictureRow {
  readonly name: string;
  readonly pictures: readonly Float64Array[];
}

const CELL = 11;
const GAP = 14;
const NAMES = 190;

/** Draws the grid as a self-contained SVG document. */
export function renderPictureGrid({ title, width, height, rows }: PictureGrid): string {
  const [w, h] = [width * CELL + GAP, height * CELL + GAP];
  const columns = Math.max(...rows.map(({ pictures }) => pictures.length));
  const [right, bottom] = [NAMES + columns * w, 44 + rows.length * h];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${right}" height="${bottom}" fill="#fff"/>`,
    text(16, 26, title, 'font-size="15" fill="#111"'),
    ...rows.flatMap((row, r) => [
      text(16, 44 + r * h + (height * CELL) / 2 + 4, row.name),
      ...row.pictures.map((values, c) => picture(values, width, NAMES + c * w, 44 + r * h)),
    ]),
    '</svg>\n',
  ].join('\n');
}

function picture(values: Float64Array, width: number, left: number, top: number): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const cells = Array.from(values, (value, at) => {
    const grey = Math.round(255 * (1 - (value - low) / (high - low || 1)));
    const [x, y] = [left + (at % width) * CELL, top + Math.floor(at / width) * CELL];
    return `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="rgb(${grey},${grey},${grey})"/>`;
  });
  const height = values.length / width;
  const frame = `<rect x="${left}" y="${top}" width="${width * CELL}" height="${height * CELL}" fill="none" stroke="#888"/>`;
  return `<g shape-rendering="crispEdges">${cells.join('')}${frame}</g>`;
}
