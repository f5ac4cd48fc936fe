import { describe, expect, it } from 'vitest';
import type { Concept, Decomposition } from '../../../../core/concepts/explanation.ts';
import {
  conceptTree,
  flatTree,
  parentIdOf,
  partId,
  rowOfId,
  withoutDecomposition,
} from '../../../../core/concepts/recursion/concept-tree.ts';
import { isGoodDecomposition } from '../../../../core/concepts/recursion/decomposition-verdict.ts';

const concept = (id: string, mean = 0.5): Concept => ({
  id,
  name: id.toUpperCase(),
  importance: { mean, low: mean, high: mean },
  tier: 0,
  prevalence: 1,
  crops: [],
});
const decomposition = (parent: string, parts: readonly Concept[]): Decomposition => ({
  parent,
  layer: {
    tensor: 'a',
    shape: [1, 2, 4, 4],
    kind: 'spatial',
    channelAxis: 1,
    grid: [4, 4],
    computeShare: 0.3,
  },
  isChosen: false,
  images: [0, 1, 2],
  factorization: { method: 'nmf', status: 'converged', iterations: 5, rows: 12 },
  reconstruction: { r2: 0.7, relativeError: 0.3 },
  reproduction: { r2: 0.9, relativeError: 0.2 },
  stability: 0.95,
  importance: { design: 'sobol', samples: 32, replicates: 2, evaluations: 10, method: 'sampled' },
  parts,
});
const concepts = [concept('c1'), concept('c0')];
const splits = [
  decomposition('c0', [concept('c0-1'), concept('c0-0')]),
  decomposition('c0-1', [concept('c0-1-0')]),
];

describe('conceptTree()', () => {
  it('hangs parts below their parents to any depth, in order of importance', () => {
    const ids = flatTree(conceptTree({ concepts, splits })).map(({ concept: { id }, depth }) => [id, depth]);
    expect(ids).toEqual([
      ['c1', 0],
      ['c0', 0],
      ['c0-1', 1],
      ['c0-1-0', 2],
      ['c0-0', 1],
    ]);
  });

  it('leaves parts that were taken away out, with all below them', () => {
    expect(flatTree(conceptTree({ concepts, splits }, ['c0']))).toHaveLength(2);
    expect(flatTree(conceptTree({ concepts, splits }, ['c0-1']))).toHaveLength(4);
  });

  it('is the concepts alone in runs from before parts', () => {
    expect(flatTree(conceptTree({ concepts }))).toHaveLength(2);
  });
});

describe('ids of parts', () => {
  it('name the parent and the row of the bank', () => {
    expect(partId('c3', 1)).toBe('c3-1');
    expect(parentIdOf('c3-1-0')).toBe('c3-1');
    expect(parentIdOf('c3')).toBeUndefined();
    expect([rowOfId('c12'), rowOfId('c3-10')]).toEqual([12, 10]);
  });
});

describe('withoutDecomposition()', () => {
  it('drops a decomposition and those below it, and no other of a like name', () => {
    const more = [...splits, decomposition('c01', [])];
    expect(withoutDecomposition(more, 'c0').map(({ parent }) => parent)).toEqual(['c01']);
  });
});

describe('isGoodDecomposition()', () => {
  it('wants parts that rebuild, bring back, are found again, and of which two matter', () => {
    const good = decomposition('c0', [concept('c0-0', 0.6), concept('c0-1', 0.3)]);
    expect(isGoodDecomposition(good)).toBe(true);
    expect(isGoodDecomposition({ ...good, reconstruction: { r2: 0.1, relativeError: 0.9 } })).toBe(false);
    expect(isGoodDecomposition({ ...good, reproduction: { r2: -1, relativeError: 2 } })).toBe(false);
    expect(isGoodDecomposition({ ...good, stability: 0.4 })).toBe(false);
    expect(isGoodDecomposition({ ...good, parts: [concept('c0-0', 0.99), concept('c0-1', 0.01)] })).toBe(
      false,
    );
    expect(isGoodDecomposition({ ...good, parts: [concept('c0-0', 1)] })).toBe(false);
  });
});
