import { invariant } from '../errors.ts';
import { wilson } from '../metrics/wilson.ts';
import type { Difference } from './difference.ts';

/**
 * The difference of two shares of the same n images: `a` and `b` say of each whether it counts (1) or not (0). The interval
 * never has zero width: of shares that are all or nothing in both a bootstrap would say that they cannot differ. Absent
 * for fewer than two images.
 *
 * Source  Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based on paired
 *         data", method 10.
 */
export function pairedShareDifference(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  invariant(a.length === b.length, `pairedShareDifference: ${a.length} and ${b.length} images`);
  const n = a.length;
  const counts = [0, 0, 0, 0];
  for (let image = 0; image < n; image++) counts[2 * a[image] + b[image]]++;
  return newcombe([counts[2] + counts[3], n], [counts[1] + counts[3], n], association(counts));
}

/** The same of shares of images that are not the same. Source: Newcombe 1998, "Interval estimation …", method 10. */
export function separateShareDifference(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  return newcombe([sumOf(a), a.length], [sumOf(b), b.length], 0);
}

type Share = readonly [hits: number, images: number];

function newcombe([hitsA, nA]: Share, [hitsB, nB]: Share, phi: number): Difference {
  const own = { a: hitsA / nA, b: hitsB / nB };
  const difference = own.b - own.a;
  if (nA < 2 || nB < 2) return { ...own, difference };
  const [lowA, highA] = wilson(hitsA, nA);
  const [lowB, highB] = wilson(hitsB, nB);
  const reach = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  const [below, above] = [reach(own.b - lowB, highA - own.a), reach(highB - own.b, own.a - lowA)];
  return {
    ...own,
    difference,
    interval: [Math.max(-1, difference - below), Math.min(1, difference + above)],
  };
}

/** Phi of the table [neither, b alone, a alone, both], corrected for continuity as the source has it; 0 where a margin is empty. */
function association([neither, onlyB, onlyA, both]: readonly number[]): number {
  const n = neither + onlyB + onlyA + both;
  const margins = (both + onlyA) * (neither + onlyB) * (both + onlyB) * (neither + onlyA);
  if (margins === 0) return 0;
  const cross = both * neither - onlyA * onlyB;
  return (cross > 0 ? Math.max(cross - n / 2, 0) : cross) / Math.sqrt(margins);
}

function sumOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}
