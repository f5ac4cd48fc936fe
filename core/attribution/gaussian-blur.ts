/**
 * A map smoothed by a Gaussian of `sigma` pixels; at the edges the weights inside are scaled to sum to one.
 *
 * Shapes  map [height, width] row-major -> the same. O(pixels · sigma).
 */
export function gaussianBlur(
  map: Float32Array,
  [height, width]: readonly [height: number, width: number],
  sigma: number,
): Float32Array {
  if (sigma <= 0) return map.slice();
  const radius = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const across = blurLines(map, kernel, { lines: height, length: width, lineStride: width, stride: 1 });
  return blurLines(across, kernel, { lines: width, length: height, lineStride: 1, stride: width });
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly lineStride: number;
  readonly stride: number;
}

function blurLines(
  map: Float32Array,
  kernel: Float64Array,
  { lines, length, lineStride, stride }: Lines,
): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const out = new Float32Array(map.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStride;
    for (let i = 0; i < length; i++) {
      let [sum, weights] = [0, 0];
      for (let j = Math.max(0, i - radius); j <= Math.min(length - 1, i + radius); j++) {
        const weight = kernel[j - i + radius];
        sum += weight * map[start + j * stride];
        weights += weight;
      }
      out[start + i * stride] = sum / weights;
    }
  }
  return out;
}
