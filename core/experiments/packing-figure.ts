import { COLOURS, text } from './line-chart.ts';

/** Discs in a periodic square with an arrow each. */
export interface PackingFigure {
  readonly title: string;
  readonly boxLength: number;
  readonly discs: readonly Disc[];
  /** What the colours and the arrows mean. */
  readonly caption: string;
}

/** One disc: its centre, its diameter, its kind (a colour) and how it moves. */
export interface Disc {
  readonly x: number;
  readonly y: number;
  readonly diameter: number;
  readonly kind: number;
  readonly dx: number;
  readonly dy: number;
}

const SIDE = 420;
const LEFT = 16;
const TOP = 44;

/** Draws the packing as a self-contained SVG document; the longest arrow is a fifth of the side. */
export function renderPacking({ title, boxLength, discs, caption }: PackingFigure): string {
  const unit = SIDE / boxLength;
  const longest = Math.max(...discs.map(({ dx, dy }) => Math.hypot(dx, dy))) || 1;
  const wrap = (v: number): number => v - boxLength * Math.floor(v / boxLength);
  const placed = discs.map((disc) => ({ ...disc, x: wrap(disc.x) * unit, y: wrap(disc.y) * unit }));
  const [width, height] = [SIDE + 2 * LEFT, SIDE + TOP + 40];
  // Discs that reach over an edge come back on the other side.
  const shifts = [-SIDE, 0, SIDE];
  const circles = placed.flatMap(({ x, y, diameter, kind }) => {
    const radius = (diameter * unit) / 2;
    const copies = shifts.flatMap((sx) => shifts.map((sy) => [x + sx, y + sy]));
    return copies
      .filter((at) => at.every((v) => v > -radius && v < SIDE + radius))
      .map(([cx, cy]) => {
        const fill = COLOURS[kind % COLOURS.length];
        return `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="${radius.toFixed(1)}" fill="${fill}" fill-opacity="0.25" stroke="${fill}"/>`;
      });
  });
  const scale = SIDE / 5 / longest;
  const arrows = placed
    .filter(({ dx, dy }) => Math.hypot(dx, dy) > 0.02 * longest)
    .flatMap(({ x, y, dx, dy }) => {
      const tip = [x + dx * scale, y + dy * scale];
      // What leaves over an edge comes in on the other side, as the discs do.
      const [sx, sy] = tip.map((v) => (v < 0 ? SIDE : v > SIDE ? -SIDE : 0));
      const copies =
        sx === 0 && sy === 0
          ? [[0, 0]]
          : [
              [0, 0],
              [sx, sy],
            ];
      return copies.map(([ox, oy]) => arrow(x + ox, y + oy, dx * scale, dy * scale));
    });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(LEFT, 26, title, 'font-size="15" fill="#111"'),
    `<svg x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}">${circles.join('')}</svg>`,
    `<rect x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}" fill="none" stroke="#888"/>`,
    `<svg x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}" stroke="#111" stroke-width="1.6" fill="#111">${arrows.join('')}</svg>`,
    text(LEFT, height - 14, caption),
    '</svg>\n',
  ].join('\n');
}

function arrow(x: number, y: number, dx: number, dy: number): string {
  const [tipX, tipY, length] = [x + dx, y + dy, Math.hypot(dx, dy)];
  const head = Math.min(7, 0.5 * length);
  const [ux, uy] = [dx / length, dy / length];
  const corner = (side: number): string =>
    `${(tipX - head * (ux + side * 0.5 * uy)).toFixed(1)} ${(tipY - head * (uy - side * 0.5 * ux)).toFixed(1)}`;
  return `<path d="M${x.toFixed(1)} ${y.toFixed(1)}L${tipX.toFixed(1)} ${tipY.toFixed(1)}"/><path d="M${tipX.toFixed(1)} ${tipY.toFixed(1)}L${corner(1)}L${corner(-1)}Z"/>`;
}
