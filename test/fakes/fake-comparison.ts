import type {
  ChangedDecision,
  ComparedConceptItem,
  ComparedRunView,
  ComparisonApi,
  FigureChange,
  MatchedConcepts,
  RunComparison,
  RunSummary,
} from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** How large the comparison is, and what cannot be compared. */
export interface FakeComparison {
  /** Concepts of each side; absent: 10. */
  readonly concepts?: number;
  /** Changed decisions; absent: 5. */
  readonly changed?: number;
  /** Nothing tells which concepts are the same, nor are decisions compared. */
  readonly isUnmatched?: boolean;
}

const change = (a: number, difference: number, half: number): FigureChange => ({
  ...{ a, b: a + difference, difference },
  interval: [difference - half, difference + half],
});

/** Two runs of the demo, the second of a model that was trained without the stamp. */
export function fakeComparison(
  { run, coverOf }: DemoRunReader,
  finished: () => RunSummary,
  { concepts = 10, changed = 5, isUnmatched = false }: FakeComparison = {},
): ComparisonApi {
  const itemsOf = (side: 'a' | 'b'): ComparedConceptItem[] =>
    Array.from({ length: concepts }, (_, i): ComparedConceptItem => {
      const own = run.concepts[i % run.concepts.length];
      const mean = (side === 'a' ? 0.5 : 0.4) / (i + 1);
      return {
        id: `c${i}`,
        name: i === 0 && side === 'a' ? 'stamp' : `Concept ${i + 1}`,
        importance: { mean, low: mean * 0.9, high: Math.min(1, mean * 1.1) },
        prevalence: own.prevalence,
        crops: coverOf(i % run.concepts.length),
      };
    });
  const viewOf = (side: 'a' | 'b'): ComparedRunView => ({
    ...{ project: side === 'a' ? 'p1' : 'p2', runId: 'run1', runName: null },
    folder: side === 'a' ? '/home/ada/demo.tessera' : '/home/ada/work/harbour cameras.tessera',
    projectName: side === 'a' ? 'demo' : 'harbour cameras',
    modelName: side === 'a' ? 'model.onnx' : 'without-stamp.onnx',
    ...{ className: run.className, layer: run.layer.tensor, images: run.images.length },
    concepts: itemsOf(side),
  });
  const matchOf = (at: number): MatchedConcepts => {
    const mean = 0.5 / (at + 1);
    const maps = coverOf(at % run.concepts.length).slice(0, 3);
    return {
      ...{
        a: at,
        b: at - 1,
        similarity: at % 3 === 0 ? 0.62 : 0.94,
        status: at % 3 === 0 ? 'changed' : 'same',
      },
      importance: change(mean, (at % 2 === 0 ? 0.2 : -0.02) / at, 0.04 / at),
      prevalence: change(0.6, 0.05, 0.12),
      maps: { a: maps, b: maps },
    };
  };
  const turns = ['to-wrong', 'to-right', 'still-wrong', null] as const;
  const decisionOf = (at: number): ChangedDecision => {
    const file = run.images[at % run.images.length].file;
    return {
      ...{ fileName: `${at}.jpg`, imageA: at % run.images.length, imageB: at % run.images.length },
      picture: `img:${file}`,
      a: { index: 2, name: 'house', probability: 0.91 },
      b: { index: 0, name: 'barn', probability: 0.66 },
      turn: turns[at % 4],
      concepts:
        at % 4 === 3
          ? []
          : [
              { run: 'a', concept: 0, weight: 0.4, without: 'barn' },
              { run: 'b', concept: 1, weight: 0.3, other: 0.1 },
            ],
    };
  };
  const comparison: RunComparison = {
    ...{ a: viewOf('a'), b: viewOf('b') },
    lead: 'Of 10 concepts in A and 10 in B, 6 are the same, and 3 are alike. Only A has “stamp” (importance 50.0 %).',
    images: { a: 37, b: 37, common: isUnmatched ? 0 : 37, pairedBy: 'content' },
    ...{ isPaired: !isUnmatched, coversMovement: false, matchedBy: isUnmatched ? null : 'places' },
    matches: isUnmatched ? [] : Array.from({ length: concepts - 1 }, (_, at) => matchOf(at + 1)),
    onlyA: isUnmatched ? [] : [{ concept: 0, nearest: { concept: 2, similarity: 0.36 }, isSecond: false }],
    onlyB: isUnmatched ? [] : [{ concept: concepts - 1, nearest: null, isSecond: false }],
    decisions: isUnmatched
      ? { reason: 'The runs were not given the same images.' }
      : {
          ...{ images: 320, agree: 320 - changed, more: 0 },
          changed: Array.from({ length: changed }, (_, at) => decisionOf(at)),
          turns: 'By their folders 1 is wrong in A, right in B; 2 are right in A, wrong in B.',
        },
  };
  const projects = () => [
    {
      ...{ key: 'p1', folder: '/home/ada/demo.tessera', name: 'demo', modelName: 'model.onnx', isOpen: true },
      runs: [finished()],
      problem: null,
    },
    {
      ...{ key: 'p2', folder: '/home/ada/work/harbour cameras.tessera', name: 'harbour cameras' },
      ...{ modelName: 'without-stamp.onnx', isOpen: false, problem: null },
      runs: [{ ...finished(), project: 'p2', name: 'without the stamp', created: '2026-11-25T10:00:00Z' }],
    },
  ];
  const [a, b] = [
    { project: 'p1', runId: 'run1' },
    { project: 'p2', runId: 'run1' },
  ];
  const listed = () => Promise.resolve({ projects: projects(), proposal: { a, b } });
  return {
    listComparable: listed,
    findComparable: listed,
    chooseComparable: listed,
    compareRuns: () => Promise.resolve(comparison),
    saveComparison: () =>
      Promise.resolve({ path: '/home/ada/demo and harbour cameras.html', document: null }),
  };
}

/** No run to compare. */
export const nothingToCompare: Pick<ComparisonApi, 'listComparable'> = {
  listComparable: () => Promise.resolve({ projects: [], proposal: null }),
};
