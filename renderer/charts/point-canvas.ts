import { drawPoints, pixelOf, type PointScene, type PointView } from './point-pixels.ts';

/** Draws points onto a canvas of a size in pixels of the page, on its own background, as sharp as the screen is. */
export function paintPoints(
  canvas: HTMLCanvasElement,
  [width, height]: readonly [width: number, height: number],
  scene: PointScene,
  view: PointView,
): void {
  const dots = window.devicePixelRatio || 1;
  const size = [Math.round(width * dots), Math.round(height * dots)] as const;
  if (canvas.width !== size[0]) canvas.width = size[0];
  if (canvas.height !== size[1]) canvas.height = size[1];
  const image = new ImageData(...size);
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(backgroundPixel(canvas));
  const inDots = { scale: view.scale * dots, x: view.x * dots, y: view.y * dots };
  drawPoints(pixels, size, { ...scene, radius: scene.radius * dots }, inDots);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

function backgroundPixel(canvas: HTMLCanvasElement): number {
  const parts = getComputedStyle(canvas).backgroundColor.match(/[\d.]+/g) ?? [];
  const [r = 255, g = 255, b = 255] = parts.map(Number);
  return pixelOf([r, g, b]);
}
