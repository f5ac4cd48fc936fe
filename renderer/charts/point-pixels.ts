/** Where points stand in a view: a point's x and y are multiplied by `scale`, then moved. */
export interface PointView {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** What is drawn of points. */
export interface PointScene {
  /** x and y of each, one after another. */
  readonly points: Float32Array;
  /** 0xAABBGGRR of each, as `Uint32Array` has pixels on machines of today. */
  readonly colours: Uint32Array;
  /** 1 where a point stands out; of none, all look alike. */
  readonly chosen: Uint8Array | null;
  /** In pixels. */
  readonly radius: number;
}

/** How much of its colour a point keeps that is not chosen, of 256. */
const FADED = 46;

/** The pixels of a disc: where they are from its middle, and how much of each the disc covers, of 256. */
interface Disc {
  readonly reach: number;
  readonly dx: Int16Array;
  readonly dy: Int16Array;
  readonly offset: Int32Array;
  readonly cover: Uint16Array;
}

function discOf(radius: number, width: number): Disc {
  const reach = Math.ceil(radius);
  const found: (readonly [dx: number, dy: number, cover: number])[] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const cover = Math.round(256 * Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy))));
      if (cover > 24) found.push([dx, dy, cover]);
    }
  }
  return {
    reach,
    dx: Int16Array.from(found, ([dx]) => dx),
    dy: Int16Array.from(found, ([, dy]) => dy),
    offset: Int32Array.from(found, ([dx, dy]) => dy * width + dx),
    cover: Uint16Array.from(found, ([, , cover]) => cover),
  };
}

/**
 * Draws points as discs onto pixels [height, width] of one colour each: no call of the canvas a point, so that a hundred
 * thousand take a few milliseconds. Those that are chosen are drawn last, over the others, which are faint.
 */
export function drawPoints(
  pixels: Uint32Array,
  [width, height]: readonly [width: number, height: number],
  { points, colours, chosen, radius }: PointScene,
  view: PointView,
): void {
  const disc = discOf(radius, width);
  const { reach } = disc;
  for (const layer of chosen === null ? [0] : [0, 1]) {
    const share = chosen !== null && layer === 0 ? FADED : 256;
    for (let i = 0; i < colours.length; i++) {
      if (chosen !== null && chosen[i] !== layer) continue;
      const x = Math.round(points[2 * i] * view.scale + view.x);
      const y = Math.round(points[2 * i + 1] * view.scale + view.y);
      if (x < -reach || y < -reach || x >= width + reach || y >= height + reach) continue;
      const isInside = x >= reach && y >= reach && x < width - reach && y < height - reach;
      const center = y * width + x;
      const colour = colours[i];
      for (let k = 0; k < disc.cover.length; k++) {
        if (!isInside && !isWithin(x + disc.dx[k], y + disc.dy[k], width, height)) continue;
        const at = center + disc.offset[k];
        const own = (disc.cover[k] * share) >> 8;
        pixels[at] = own >= 256 ? colour : blended(pixels[at], colour, own);
      }
    }
  }
}

function isWithin(x: number, y: number, width: number, height: number): boolean {
  return x >= 0 && y >= 0 && x < width && y < height;
}

/** A colour laid over an opaque one, red and blue at once. */
function blended(under: number, over: number, share: number): number {
  const rest = 256 - share;
  const outer = (((under & 0xff00ff) * rest + (over & 0xff00ff) * share) >>> 8) & 0xff00ff;
  const green = (((under & 0x00ff00) * rest + (over & 0x00ff00) * share) >>> 8) & 0x00ff00;
  return (0xff000000 | outer | green) >>> 0;
}

/** A colour as pixels have it. */
export function pixelOf([r, g, b]: readonly [r: number, g: number, b: number]): number {
  return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
}

/** Radius at which so many points can be told apart on a view. */
export function radiusFor(count: number, zoom: number): number {
  const plain = count > 50_000 ? 1 : count > 10_000 ? 1.5 : count > 2000 ? 2.5 : count > 300 ? 4 : 6;
  return Math.min(9, plain * Math.sqrt(Math.max(1, zoom)));
}
