import type { SlidingWindow } from '../sliding-window.ts';
import type { Edge, GradientBuffer } from './gradient-plan.ts';

/** A row of a buffer to be computed. */
interface RowStep {
  readonly buffer: GradientBuffer;
  readonly row: number;
}

/** What a sweep computes, in order, and what it keeps meanwhile. */
export interface RowOrder {
  /** Every step after those it reads. */
  readonly steps: readonly RowStep[];
  /** Rows of each buffer that must be kept at a time. */
  readonly rings: ReadonlyMap<GradientBuffer, number>;
}

/**
 * Orders the rows of all buffers so that each is computed just before it is first read: depth first from the rows of
 * the last buffer. A processor's caches then hold what a whole tensor of many cotangents would not leave room for.
 */
export function orderRows(last: GradientBuffer): RowOrder {
  const steps: RowStep[] = [];
  const done = new Map<GradientBuffer, number>();
  const rings = new Map<GradientBuffer, number>();
  const compute = (buffer: GradientBuffer, upTo: number): void => {
    for (let row = done.get(buffer) ?? 0; row <= upTo; row++) {
      const reads = buffer.edges.flatMap((edge) => {
        if (edge.kind === 'cotangents') return [];
        const [low, high] = rowsRead(edge, row);
        if (low > high) return [];
        compute(edge.from.buffer, high);
        return [{ buffer: edge.from.buffer, low }];
      });
      for (const read of reads) {
        const kept = done.get(read.buffer)! - read.low;
        rings.set(read.buffer, Math.max(kept, rings.get(read.buffer) ?? 1));
      }
      steps.push({ buffer, row });
      done.set(buffer, row + 1);
    }
  };
  compute(last, last.height - 1);
  rings.set(last, 1);
  return { steps, rings };
}

/** First and last row of its source that an edge reads for a row of its target. */
function rowsRead(edge: Exclude<Edge, { kind: 'cotangents' }>, row: number): readonly [number, number] {
  if (edge.kind === 'add') return [row, row];
  const [kernel, stride, dilation, pad] = along(edge.window);
  const first = Math.ceil((row + pad - dilation * (kernel - 1)) / stride);
  const last = Math.floor((row + pad) / stride);
  return [Math.max(0, first), Math.min(edge.from.buffer.height - 1, last)];
}

/** A window's geometry along the rows. */
function along({ kernel, strides, dilations, padBegins }: SlidingWindow) {
  return [kernel[0], strides[0], dilations[0], padBegins[0]] as const;
}
