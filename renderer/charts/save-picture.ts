import { toSvg } from './copy-chart.ts';

/** Pixels of a saved picture for one of the screen's. */
const SHARPNESS = 2;

/** Gives a person a file: a browser puts it to the downloads, the desktop asks where. */
export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download holds on to it from here; at once would be too early.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Saves a drawn chart as a vector file. */
export function saveSvg(svg: SVGSVGElement, title: string): void {
  saveBlob(`${fileName(title)}.svg`, svgBlob(toSvg(svg)));
}

/** Saves a drawn chart as pixels, on the background that it has. */
export async function savePng(svg: SVGSVGElement, title: string): Promise<void> {
  const { width, height } = svg.getBoundingClientRect();
  const image = new Image(width, height);
  image.src = URL.createObjectURL(svgBlob(toSvg(svg)));
  try {
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * SHARPNESS);
    canvas.height = Math.ceil(height * SHARPNESS);
    const context = canvas.getContext('2d')!;
    context.fillStyle = backgroundOf(svg);
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    await saveCanvas(canvas, title);
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** Saves what a canvas shows. */
export async function saveCanvas(canvas: HTMLCanvasElement, title: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) saveBlob(`${fileName(title)}.png`, blob);
}

/** An SVG file of a text. */
export function svgBlob(text: string): Blob {
  return new Blob([text], { type: 'image/svg+xml' });
}

/** The first colour behind an element that is not transparent. */
function backgroundOf(element: Element): string {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (!/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor)) return backgroundColor;
  }
  return 'white';
}

/** A title as the name of a file, on every system. */
function fileName(title: string): string {
  return title.replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim() || 'chart';
}
