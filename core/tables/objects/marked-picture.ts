/** An object that someone marked in a picture. */
export interface MarkedObject {
  readonly name: string;
  /** Does a point of the picture, in pixels from its top left corner, lie in it? */
  readonly isInside: (x: number, y: number) => boolean;
}

/** A picture with its objects. */
export interface MarkedPicture {
  /** As the marks name it. */
  readonly file: string;
  /** The folder that they say it is in, where they do. */
  readonly folder?: string;
  readonly width: number;
  readonly height: number;
  readonly objects: readonly MarkedObject[];
}

/** The points between two corners. */
export function insideBox(
  left: number,
  top: number,
  right: number,
  bottom: number,
): MarkedObject['isInside'] {
  return (x, y) => x >= left && x < right && y >= top && y < bottom;
}

/** The points inside polygons [x0, y0, x1, y1, …], by the even-odd rule in each, in any of them. */
export function insidePolygons(polygons: readonly (readonly number[])[]): MarkedObject['isInside'] {
  return (x, y) => polygons.some((polygon) => isInPolygon(polygon, x, y));
}

function isInPolygon(polygon: readonly number[], x: number, y: number): boolean {
  let isIn = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isIn = !isIn;
  }
  return isIn;
}

/** The points of runs of outside and inside pixels, down the columns from the left, as COCO counts them. */
export function insideRuns(
  counts: readonly number[],
  height: number,
  width: number,
): MarkedObject['isInside'] {
  const mask = new Uint8Array(height * width);
  let at = 0;
  counts.forEach((count, place) => {
    if (place % 2 === 1) mask.fill(1, at, at + count);
    at += count;
  });
  return (x, y) =>
    x >= 0 && y >= 0 && x < width && y < height && mask[Math.floor(x) * height + Math.floor(y)] === 1;
}
