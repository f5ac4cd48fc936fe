import { createRandom, type Random } from '../random.ts';
import type { FuzzyGraph } from './fuzzy-graph.ts';
import { createPause, type EmbeddingWork } from './work.ts';

/** Rows drawn at random that a row is pushed away from, each time it is drawn to a neighbour. */
const PUSHES = 5;
/** Bound of one step along one axis. */
const LONGEST_STEP = 4;

/**
 * Moves points [n, 2] so that those that the graph joins come near each other and others do not; in place.
 *
 * Stochastic gradient descent on the cross entropy of the graph, each pair in proportion to its weight, with a falling step.
 * One stream of seeded random numbers in one thread: the same result every time.
 *
 * Source  McInnes, Healy, Melville 2018, algorithm 5, section 3.2 (negative sampling as Mikolov and others 2013). Differs:
 *         nearness is 1 / (1 + d²), without the powers that a least distance brings, which hardly changes a map (Böhm, Berens,
 *         Kobak 2022, "Attraction-Repulsion Spectrum in Neighbor Embeddings") and takes a third of the time.
 */
export async function layOut(
  points: Float64Array,
  graph: FuzzyGraph,
  { epochs, seed, ...work }: EmbeddingWork & { readonly epochs: number; readonly seed: number },
): Promise<void> {
  const random = createRandom(seed);
  const most = graph.weights.reduce((so, weight) => Math.max(so, weight), 0);
  const every = graph.weights.map((weight) => most / weight);
  const next = Float64Array.from(every);
  const pause = createPause(work);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const step = 1 - (epoch - 1) / epochs;
    for (let edge = 0; edge < every.length; edge++) {
      if (next[edge] > epoch) continue;
      next[edge] += every[edge];
      pull(points, 2 * graph.heads[edge], 2 * graph.tails[edge], step);
      push(points, 2 * graph.heads[edge], step, random);
    }
    work.onProgress?.({ stage: 'layout', done: epoch, total: epochs });
    await pause();
  }
}

function pull(points: Float64Array, head: number, tail: number, step: number): void {
  const dx = points[head] - points[tail];
  const dy = points[head + 1] - points[tail + 1];
  const squared = dx * dx + dy * dy;
  if (squared <= 0) return;
  const slope = -2 / (1 + squared);
  const [x, y] = [step * bounded(slope * dx), step * bounded(slope * dy)];
  points[head] += x;
  points[head + 1] += y;
  points[tail] -= x;
  points[tail + 1] -= y;
}

function push(points: Float64Array, head: number, step: number, random: Random): void {
  for (let i = 0; i < PUSHES; i++) {
    const other = 2 * random.integer(points.length / 2);
    if (other === head) continue;
    const dx = points[head] - points[other];
    const dy = points[head + 1] - points[other + 1];
    const squared = dx * dx + dy * dy;
    const slope = 2 / ((0.001 + squared) * (1 + squared));
    points[head] += step * bounded(slope * dx);
    points[head + 1] += step * bounded(slope * dy);
  }
}

function bounded(value: number): number {
  return Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, value));
}
